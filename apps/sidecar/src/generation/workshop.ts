import { createCacheClient, createOnnxModelHost, type ModelHost } from '@forecache/adapters';
import { demoModelDirectory, loadManifest, type ModelManifest } from '@forecache/demo-model';
import type { Output } from '../command-line/output.js';
import { mainFile } from '../main-file.js';
import { startOwnServices, type OwnServices } from '../processes/own-services.js';
import type { Solver } from '../sampler/solver.js';
import type { GenerationJob } from './generation-job.js';
import { createLocalOpener } from './local-network.js';
import type { RunOpener } from './opened-run.js';
import { plannedSteps } from './planned-steps.js';
import { ANSWER_TIMEOUT_MS, createSidecarOpener } from './sidecar-opener.js';
import { solverOf } from './solver-of.js';

/** Everything that making images needs: the model, and a sidecar unless the mode does without. */
export interface Workshop {
  readonly manifest: ModelManifest;
  /** Processes started for this workshop; none when a running sidecar is used. */
  readonly services: OwnServices | null;
  /** Opens runs for jobs that use the sidecar or, in mode local, this process. */
  opener(job: GenerationJob): RunOpener;
  /** Stops processes, closes connections. Called once, whatever happened. */
  close(): Promise<void>;
}

/** What `openWorkshop` takes. */
export interface WorkshopOptions {
  readonly job: Pick<GenerationJob, 'mode'>;
  readonly output: Output;
  /** Address of a running sidecar; null to start one. */
  readonly sidecar: string | null;
}

/** Loads the manifest, starts what is missing and connects. */
export async function openWorkshop(
  options: WorkshopOptions,
  signal: AbortSignal,
): Promise<Workshop> {
  const { job, output, sidecar } = options;
  const manifest = await loadManifest();
  const host = createLazyHost();
  const services =
    job.mode === 'local' || sidecar !== null
      ? null
      : await startOwnServices({ mainFile: mainFile(), hasModelHost: job.mode !== 'plan' }, signal);
  const address = services?.address ?? sidecar;
  const client =
    address === null ? null : createCacheClient({ address, deadlineMs: ANSWER_TIMEOUT_MS });
  // A job without a sidecar computes from the first call on, so the model is loaded before the clock starts.
  if (client === null || job.mode === 'plan') await host.get();

  return {
    manifest,
    services,
    opener(wanted) {
      const solver = solverOf({ ...wanted, steps: plannedSteps(wanted).steps });
      const { mode } = wanted;
      if (client === null || mode === 'local')
        return createLazyLocalOpener(host, { manifest, solver });
      return createSidecarOpener({
        client,
        manifest,
        job: { ...wanted, mode },
        solver,
        localHost: host.get,
        warn: output.warn,
      });
    },
    async close() {
      client?.close();
      await services?.stop();
      await host.close();
    },
  };
}

interface LazyHost {
  get(): Promise<ModelHost>;
  close(): Promise<void>;
}

/** The network in this process, loaded when it is first needed. */
function createLazyHost(): LazyHost {
  let host: Promise<ModelHost> | null = null;
  return {
    get: () => (host ??= createOnnxModelHost({ directory: demoModelDirectory() })),
    close: async () => (await host)?.close(),
  };
}

function createLazyLocalOpener(
  host: LazyHost,
  options: { readonly manifest: ModelManifest; readonly solver: Solver },
): RunOpener {
  return {
    open: async (batch, signal) => createLocalOpener(await host.get(), options).open(batch, signal),
  };
}
