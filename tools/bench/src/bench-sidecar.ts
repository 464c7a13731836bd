import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveModelHost, type ModelHost, type TensorType } from '@forecache/adapters';
import { startLineProcess } from './line-process.js';

const MAIN = fileURLToPath(new URL('../../../apps/sidecar/dist/main.js', import.meta.url));

/** The site that every benchmark run forecasts. */
export const SITE = 'feature';

/** A sidecar process whose model host describes one client-computed feature per size. */
export interface BenchSidecar {
  readonly unixAddress: string;
  readonly tcpAddress: string;
  /** Directory for other sockets; removed by `close`. */
  readonly directory: string;
  close(): Promise<void>;
}

/** Starts a real sidecar process; the model hosts live here, since they only describe. */
export async function startBenchSidecar(
  features: ReadonlyMap<string, TensorType>,
): Promise<BenchSidecar> {
  const directory = mkdtempSync(join(tmpdir(), 'forecache-bench-'));
  const hosts = [...features].map(([model, type], index) => {
    const address = `unix:${join(directory, `host-${index}.sock`)}`;
    return serveModelHost({ host: describingHost(model, type), addresses: [address] });
  });
  const served = await Promise.all(hosts);
  const unixAddress = `unix:${join(directory, 'sidecar.sock')}`;
  const upstream = served.flatMap(({ addresses }) => ['--model-host', ...addresses]);
  const listen = ['--listen', unixAddress, '--listen', '127.0.0.1:0'];
  const limits = ['--log-level', 'warn', '--max-message-bytes', String(2 ** 27)];
  const args = [MAIN, 'serve', '--json', ...listen, ...limits, ...upstream];
  const sidecar = startLineProcess(process.execPath, args, { FORECACHE_EXIT_WITH_PARENT: '1' });
  const ready = JSON.parse(await sidecar.nextLine()) as { addresses: readonly string[] };
  const tcpAddress = ready.addresses.find((address) => !address.startsWith('unix:'));
  if (tcpAddress === undefined) throw new Error('the sidecar has no TCP address');
  return {
    unixAddress,
    tcpAddress,
    directory,
    async close() {
      await sidecar.stop();
      for (const host of served) await host.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A host that owns no network: its one site is computed by the client, so it is only ever described. */
function describingHost(model: string, type: TensorType): ModelHost {
  const refuse = () => Promise.reject(new Error(`model ${model} only describes`));
  const site = {
    name: SITE,
    kind: 'hidden',
    block: 0,
    input: null,
    output: type,
    flops: 0,
  } as const;
  return {
    describe: () =>
      Promise.resolve({
        hostId: `bench-${model}`,
        model,
        sites: [{ ...site, isForwardable: false }],
        input: type,
        output: type,
        conditioning: [],
      }),
    beginRun: () =>
      Promise.resolve({
        forward: refuse,
        combine: refuse,
        measure: refuse,
        runCall: refuse,
        end: () => Promise.resolve(),
      }),
    close: () => Promise.resolve(),
  };
}
