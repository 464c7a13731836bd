import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRunDirectory } from './run-directory.js';
import { startService, type ServiceProcess } from './service-process.js';

/** A sidecar of our own, with the model host behind it when a mode needs one. */
export interface OwnServices {
  /** Address of the sidecar. */
  readonly address: string;
  readonly processes: readonly ServiceProcess[];
  /** Stops the processes, waits until they are gone, and removes their directory. */
  stop(): Promise<void>;
}

/** What `startOwnServices` takes. */
export interface OwnServicesOptions {
  /** File that Node runs for the child processes: this program's own. */
  readonly mainFile: string;
  /** False for plan mode, where the sidecar never sees a tensor. */
  readonly hasModelHost: boolean;
}

/**
 * Starts a model host and a sidecar on Unix sockets in a fresh private directory, which also holds their logs and
 * shared memory: a killed process leaves nothing that removing the directory does not reach. Whatever fails on the way, nothing stays behind.
 */
export async function startOwnServices(
  { mainFile, hasModelHost }: OwnServicesOptions,
  signal: AbortSignal,
): Promise<OwnServices> {
  const directory = await makeRunDirectory();
  const processes: ServiceProcess[] = [];
  const stop = async () => {
    // The sidecar first: it ends its runs on the model host.
    for (const service of processes.splice(0).reverse()) await service.stop();
    await rm(directory, { recursive: true, force: true });
  };
  const start = async (name: string, args: readonly string[]) => {
    processes.push(await startService({ name, mainFile, args, directory }, signal));
  };
  const modelHost = `unix:${join(directory, 'model-host.sock')}`;
  const address = `unix:${join(directory, 'sidecar.sock')}`;
  try {
    const upstream = hasModelHost ? ['--model-host', modelHost] : [];
    if (hasModelHost) await start('model-host', ['model-host', '--listen', modelHost, '--json']);
    const shared = ['--shared-parent', directory];
    await start('sidecar', ['serve', '--listen', address, '--json', ...shared, ...upstream]);
    return { address, processes: [...processes], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
