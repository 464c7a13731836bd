import { packageDefinition } from '@forecache/adapters';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';

/** The health service of a server. */
export interface ServerHealth {
  /** From now on every service answers NOT_SERVING. */
  stopServing(): void;
}

/**
 * Adds what every gRPC tool expects: the health service (SERVING for the server and for the named service)
 * and reflection, so that `grpcurl` needs no proto files.
 */
export function addStandardServices(server: Server, serviceName: string): ServerHealth {
  const names = ['', serviceName];
  const statuses = names.map((name): [string, ServingStatus] => [name, 'SERVING']);
  const health = new HealthImplementation(Object.fromEntries(statuses));
  health.addToServer(server);
  new ReflectionService(packageDefinition(), { services: [serviceName] }).addToServer(server);
  return {
    stopServing: () => names.forEach((name) => health.setStatus(name, 'NOT_SERVING')),
  };
}
