import { createInMemoryModelHost, type CacheClient, type CacheRun } from '@forecache/adapters';
import { loadManifest, type ModelManifest } from '@forecache/demo-model';
import { generateImages, type Generated } from '../../src/generation/generate-images.js';
import type { GenerationJob } from '../../src/generation/generation-job.js';
import { createLocalOpener } from '../../src/generation/local-network.js';
import { solverOf } from '../../src/generation/solver-of.js';
import { createSidecarOpener } from '../../src/generation/sidecar-opener.js';
import { TINY } from '../in-memory-sampling.js';
import { startFixture, type Fixture } from '../service/fixture.js';

const STEPS = 8;
/** The call whose report, input or features nobody receives. */
const DEATH = 4;
const JOB: Omit<GenerationJob, 'policy' | 'mode'> = {
  granularity: null,
  transfer: 'inline',
  sampler: 'euler',
  steps: STEPS,
  shift: 1,
  guidance: 2,
  labels: [0, 1],
  seed: 5,
  batch: 1,
  client: 'test',
};
const { signal } = new AbortController();

let fixture: Fixture;
let manifest: ModelManifest;
let localHost: ReturnType<typeof createInMemoryModelHost>;

beforeEach(async () => {
  const image = { channels: 1, height: TINY.tokens, width: 2, range: [-1, 1] } as const;
  fixture = await startFixture({ host: TINY });
  localHost = createInMemoryModelHost(TINY);
  const { model: id } = await localHost.describe();
  manifest = { ...(await loadManifest()), id, image, nullClass: TINY.labelCount - 1 };
});

afterEach(() => fixture.close());

/** A client whose sidecar dies before it hears of the call `DEATH` of the first run, in whatever way it would. */
function clientOfDying(): CacheClient {
  const dieBefore =
    <Request extends { readonly callIndex: number }, Rest extends unknown[], Answer>(
      ask: (request: Request, ...rest: Rest) => Promise<Answer>,
    ) =>
    async (request: Request, ...rest: Rest): Promise<Answer> => {
      if (request.callIndex === DEATH) await fixture.sidecar.close();
      return ask(request, ...rest);
    };
  const dying = (run: CacheRun): CacheRun => ({
    ...run,
    report: dieBefore(run.report),
    runNetwork: dieBefore(run.runNetwork),
    intercept() {
      const stream = run.intercept();
      return { ...stream, call: dieBefore(stream.call) };
    },
  });
  const { client } = fixture;
  return { ...client, openRun: async (...request) => dying(await client.openRun(...request)) };
}

async function generate(
  mode: 'plan' | 'intercept' | 'proxy',
  policy: GenerationJob['policy'],
): Promise<Generated & { readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const job = { ...JOB, policy, mode };
  const opener = createSidecarOpener({
    client: clientOfDying(),
    manifest,
    job,
    solver: solverOf(JOB),
    localHost: async () => localHost,
    warn: (message) => void warnings.push(message),
  });
  return { ...(await generateImages(job, { opener, format: manifest.image, signal })), warnings };
}

/** The second image in full compute. */
async function secondInFull(): Promise<Float32Array> {
  const opener = createLocalOpener(localHost, { manifest, solver: solverOf(JOB) });
  const job: GenerationJob = { ...JOB, mode: 'local', policy: { name: 'full', options: {} } };
  return secondOf(await generateImages(job, { opener, format: manifest.image, signal }));
}

/** What the calls of every run did. */
function kindsOf({ runs }: Generated): string[][] {
  return runs.map(({ plans }) => plans.map(({ action }) => action.kind));
}

function secondOf({ samples }: Generated): Float32Array {
  return samples.subarray(samples.length / 2);
}

const EASYCACHE = { name: 'easycache', options: { threshold: '10', warmup: '2' } };
const FORA = { name: 'fora', options: { interval: '3' } };

describe('a sidecar that dies in the middle of a run', () => {
  test.each(['plan', 'intercept', 'proxy'] as const)(
    'of an adaptive policy in mode %s is told of once, and the rest is full compute',
    async (mode) => {
      const generated = await generate(mode, EASYCACHE);
      expect(generated.warnings).toEqual([
        expect.stringMatching(/^the sidecar is gone \(.*\); going on in full compute without it$/),
      ]);
      // In mode plan the call whose report is lost was made.
      const from = mode === 'plan' ? DEATH + 1 : DEATH;
      expect(generated.fallback).toMatchObject({ run: 0, callIndex: from });
      const kinds = kindsOf(generated);
      expect(kinds[0]?.slice(0, from)).toContain('reuse');
      expect(new Set([...(kinds[0]?.slice(from) ?? []), ...(kinds[1] ?? [])])).toEqual(
        new Set(['full']),
      );
      expect(secondOf(generated)).toEqual(await secondInFull());
    },
  );

  test('of a plan is told of once: the run goes on by its plan, the next one in full compute', async () => {
    const generated = await generate('plan', FORA);
    expect(generated.warnings).toEqual([
      expect.stringMatching(
        /^the sidecar is gone \(.*\); this run goes on by its plan, later ones in full compute$/,
      ),
    ]);
    expect(generated.fallback).toMatchObject({ run: 1, callIndex: 0 });
    const kinds = kindsOf(generated);
    expect(kinds[0]?.slice(DEATH)).toContain('reuse');
    expect(new Set(kinds[1])).toEqual(new Set(['full']));
    expect(secondOf(generated)).toEqual(await secondInFull());
  });
});

test.each([EASYCACHE, FORA])(
  'a sidecar that lives but takes no reports is told of once, under $name',
  async (policy) => {
    const warnings: string[] = [];
    const { client } = fixture;
    const deaf: CacheClient = {
      ...client,
      openRun: async (...request) => ({
        ...(await client.openRun(...request)),
        report: () => Promise.reject(new Error('no room')),
      }),
    };
    const job = { ...JOB, policy, mode: 'plan', labels: [0] } as const;
    const opener = createSidecarOpener({
      client: deaf,
      manifest,
      job,
      solver: solverOf(JOB),
      localHost: async () => localHost,
      warn: (message) => void warnings.push(message),
    });
    const { fallback } = await generateImages(job, { opener, format: manifest.image, signal });
    expect(fallback).toBeNull();
    expect(warnings).toEqual([
      'the sidecar does not take reports any more (no room); going on without them',
    ]);
  },
);
