import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInMemoryModelHost } from '@forecache/adapters';
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { startModelHost } from '../../src/service/start-model-host.js';
import { CACHE_SERVICE_NAME } from '../../src/service/start-sidecar.js';
import { startFixture } from './fixture.js';

const REFLECTION_PROTO = join(
  require.resolve('@grpc/reflection/package.json'),
  '../build/proto/grpc/reflection/v1/reflection.proto',
);

type Method = MethodDefinition<object, object>;

function methodOf(protoFile: string, service: string, method: string): Method {
  const services = loadSync(protoFile, { enums: String, longs: Number });
  const found = (services[service] as ServiceDefinition)[method];
  if (found === undefined) throw new Error(`${service} has no ${method}`);
  return found;
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(address, credentials.createInsecure());
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function health(address: string, service: string): Promise<object | undefined> {
  const { path, requestSerialize, responseDeserialize } = methodOf(
    protoPath,
    'grpc.health.v1.Health',
    'Check',
  );
  return withClient(
    address,
    (client) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          { service },
          (error, answer) => (error === null ? resolve(answer) : reject(error)),
        );
      }),
  );
}

/** What a watch of the health service says until the server ends it. */
function watchedHealth(address: string, onStatus: (answer: object) => void): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = methodOf(
    protoPath,
    'grpc.health.v1.Health',
    'Watch',
  );
  return withClient(
    address,
    (client) =>
      new Promise((resolve) => {
        const request = { service: CACHE_SERVICE_NAME };
        client
          .makeServerStreamRequest(path, requestSerialize, responseDeserialize, request)
          .on('data', onStatus)
          .on('error', () => resolve())
          .on('end', () => resolve());
      }),
  );
}

function reflection(address: string): Promise<object> {
  const { path, requestSerialize, responseDeserialize } = methodOf(
    REFLECTION_PROTO,
    'grpc.reflection.v1.ServerReflection',
    'ServerReflectionInfo',
  );
  return withClient(
    address,
    (client) =>
      new Promise((resolve, reject) => {
        const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
        stream.on('error', reject);
        stream.on('data', (answer: object) => {
          stream.end();
          resolve(answer);
        });
        stream.write({ listServices: '' });
      }),
  );
}

/** An answer of reflection that lists a service. */
function listing(name: string): object {
  const service = expect.arrayContaining([expect.objectContaining({ name })]);
  return { listServicesResponse: { service } };
}

test('the sidecar answers health checks and reflection', async () => {
  const fixture = await startFixture();
  try {
    expect(await health(fixture.address, '')).toMatchObject({ status: 'SERVING' });
    expect(await health(fixture.address, CACHE_SERVICE_NAME)).toMatchObject({ status: 'SERVING' });
    await expect(health(fixture.address, 'other.Service')).rejects.toMatchObject({ code: 5 });
    expect(await reflection(fixture.address)).toMatchObject(listing(CACHE_SERVICE_NAME));
  } finally {
    await fixture.close();
  }
});

test('the model host answers health checks and reflection', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'forecache-test-'));
  const server = await startModelHost({
    host: createInMemoryModelHost(),
    listen: [`unix:${join(directory, 'h.sock')}`, '127.0.0.1:0'],
    maxRuns: 4,
    maxMessageBytes: 2 ** 20,
    shutdownGraceMs: 500,
  });
  try {
    for (const address of server.addresses) {
      expect(await health(address, 'forecache.v1.ModelHostService')).toMatchObject({
        status: 'SERVING',
      });
      expect(await reflection(address)).toMatchObject(listing('forecache.v1.ModelHostService'));
    }
  } finally {
    await server.close();
    rmSync(directory, { recursive: true });
  }
});

test('a sidecar that shuts down says NOT_SERVING first', async () => {
  const fixture = await startFixture();
  const statuses: object[] = [];
  let noteFirst = () => undefined as void;
  const first = new Promise<void>((resolve) => (noteFirst = resolve));
  const watch = watchedHealth(fixture.address, (answer) => {
    statuses.push(answer);
    noteFirst();
  });
  await first;
  await fixture.close();
  await watch;
  expect(statuses).toEqual([{ status: 'SERVING' }, { status: 'NOT_SERVING' }]);
});
