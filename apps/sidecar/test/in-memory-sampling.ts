import {
  createInMemoryModelHost,
  type CallOutput,
  type Forward,
  type Forwarded,
  type ModelHost,
  type Scalars,
} from '@forecache/adapters';
import { loadManifest } from '@forecache/demo-model';
import type { FullSampling } from '../src/fit/sample-in-full.js';
import type { GenerationJob } from '../src/generation/generation-job.js';

/** Sizes of the small network. */
export const TINY = Object.freeze({ depth: 2, tokens: 3, width: 4, labelCount: 11 });

const JOB: GenerationJob = {
  policy: { name: 'full', options: {} },
  mode: 'local',
  granularity: null,
  transfer: 'inline',
  sampler: 'euler',
  steps: 6,
  shift: 1,
  guidance: 2,
  labels: [0, 1, 2],
  seed: 5,
  batch: 2,
  client: 'test',
};

/** What full sampling of a small network without weights takes, on a host that keeps a diary. */
export async function inMemorySampling(
  job: Partial<GenerationJob> = {},
): Promise<Omit<FullSampling, 'setup'> & { readonly diaries: readonly RunDiary[] }> {
  const { host, diaries } = recorded(createInMemoryModelHost(TINY));
  const image = { channels: 1, height: TINY.tokens, width: 2, range: [-1, 1] } as const;
  const manifest = { ...(await loadManifest()), image, nullClass: TINY.labelCount - 1 };
  const { signal } = new AbortController();
  return { host, manifest, job: { ...JOB, ...job }, signal, diaries };
}

/** What a host answered in one run, in order. */
export interface RunDiary {
  readonly measured: Scalars[];
  readonly called: CallOutput[];
  readonly forwarded: (Pick<Forward, 'site' | 'callIndex'> & Pick<Forwarded, 'output'>)[];
  isEnded: boolean;
}

function recorded(host: ModelHost): { host: ModelHost; diaries: RunDiary[] } {
  const diaries: RunDiary[] = [];
  const beginRun: ModelHost['beginRun'] = async (...args) => {
    const run = await host.beginRun(...args);
    const diary: RunDiary = { measured: [], called: [], forwarded: [], isEnded: false };
    diaries.push(diary);
    return {
      ...run,
      async measure(...request) {
        const scalars = await run.measure(...request);
        diary.measured.push(scalars);
        return scalars;
      },
      async runCall(...request) {
        const output = await run.runCall(...request);
        diary.called.push(output);
        return output;
      },
      async forward(request, options) {
        const forwarded = await run.forward(request, options);
        const { site, callIndex } = request;
        diary.forwarded.push({ site, callIndex, output: forwarded.output });
        return forwarded;
      },
      async end() {
        diary.isEnded = true;
        await run.end();
      },
    };
  };
  return { host: { ...host, beginRun }, diaries };
}
