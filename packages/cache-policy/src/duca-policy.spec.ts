import { every } from '../test/runs.js';
import type { CachePolicy, RunDescription } from './cache-policy.js';
import { policyConformance, type ConformanceSubject } from './conformance.js';
import { createDucaPolicy, DUCA_DEFINITION, type DucaOptions } from './duca-policy.js';
import { registerPolicy } from './policy-definition.js';
import { compileRunPlan, compileRunSetup } from './run-plan.js';
import { ditNetwork, fluxNetwork, pixartNetwork } from '../test/networks.js';
import { createTocaPolicy } from './toca-policy.js';

const DIT = { steps: 50, calls: 50, network: ditNetwork() };
const PIXART = { steps: 20, calls: 20, network: pixartNetwork() };

function decideAt(policy: CachePolicy, run: RunDescription, callIndex: number) {
  return policy.decide({ run, branch: 'joint', callIndex, fullCalls: [0], scalars: {} });
}

/** F full, C conservative (tokens), A aggressive (all blocks skipped), a letter a call. */
function kinds(options: DucaOptions, run: RunDescription): string {
  const policy = createDucaPolicy(options);
  const letters = every(1, 0, run.calls - 1).map((call) => {
    const decision = decideAt(policy, run, call);
    if (decision.kind !== 'by-site') return 'F';
    return decision.sites[0]?.site === 'hidden' ? 'A' : 'C';
  });
  return letters.join('');
}

describe('duca between full calls', () => {
  it('counts to the next full call as DiT’s steps do: at threshold 3 it skips, then computes tokens', () => {
    // Steps 8 to 0 at threshold 3: step 8 is the first call, so full; then phases 1, 0, 2, 1, 0, 2, 1, 0.
    const run = { ...DIT, steps: 9, calls: 9 };
    expect(kinds({ weight: 0, window: 'off' }, run)).toBe('FCFACFACF');
  });

  it('counts from the last full call as PixArt’s steps do: it computes tokens, then skips', () => {
    expect(kinds({ schedule: 'pixart' }, { ...PIXART, steps: 9, calls: 9 })).toBe('FCAFCAFCA');
  });

  it('counts the other way where it is told to', () => {
    const run = { ...PIXART, steps: 9, calls: 9 };
    expect(kinds({ schedule: 'pixart', phase: 'dit' }, run)).toBe('FACFACFAC');
  });

  it('follows HunyuanVideo’s counter: odd calls after a full one compute tokens', () => {
    const run = { steps: 11, calls: 11, network: fluxNetwork() };
    expect(kinds({ schedule: 'flux', interval: 5, warmup: 1 }, run)).toBe('FCACAFCACAF');
  });

  it('follows DiT’s thresholds in 50 steps', () => {
    // Thresholds 5, 4 (steps 49, 44 ...), 3 (30 ...), 2 (18 ...); at step 32 only the skipped first block is full.
    const early = 'FCACC' + 'FCAC' + 'FCAC' + 'FCACAC';
    const late = 'FAC'.repeat(4) + 'FC'.repeat(9) + 'F';
    expect(kinds({}, DIT)).toBe(early + late);
  });
});

describe('a call of duca', () => {
  it('skips every block by reusing the last one’s output', () => {
    // Call 2 is step 47, phase 47 mod 5 = 2.
    expect(decideAt(createDucaPolicy(), DIT, 2)).toEqual({
      kind: 'by-site',
      sites: [{ site: 'hidden', decision: { kind: 'reuse' } }],
    });
  });

  it('is ToCa’s call with DuCa’s constants where it computes tokens', () => {
    const toca = createTocaPolicy({ ratio: 0.05, bonus: 0.8 });
    expect(decideAt(createDucaPolicy(), DIT, 30)).toEqual(decideAt(toca, DIT, 30));
    const pixart = createTocaPolicy({ schedule: 'pixart', ratio: 0.75, weight: 0 });
    expect(decideAt(createDucaPolicy({ schedule: 'pixart' }), PIXART, 1)).toEqual(
      decideAt(pixart, PIXART, 1),
    );
  });

  it('needs the last block’s output and what ToCa keeps, scored by value norm', () => {
    const { sites, tokenCache } = compileRunSetup({ policy: createDucaPolicy(), run: DIT });
    expect(sites).toEqual([
      ...every(1, 0, 27).map((block) => `blocks.${block}.attention`),
      'hidden',
    ]);
    expect(tokenCache).toMatchObject({ score: 'value-norm' });
    expect(tokenCache?.sites).toHaveLength(28);
  });

  it('is full, keeps nothing and needs no network when it is off', () => {
    const plan = compileRunPlan({
      policy: createDucaPolicy({ interval: 1 }),
      run: { steps: 4, calls: 4 },
    });
    expect(plan.fullCalls).toEqual([0, 1, 2, 3]);
    expect(plan.setup).toMatchObject({ sites: [], tokenCache: null });
    expect(plan.warnings).toEqual(['nothing will be skipped: interval is 1']);
  });
});

describe('duca options', () => {
  it('print schedule, interval and ratio with their numbers, and others that are given', () => {
    expect(createDucaPolicy().toString()).toBe('duca(schedule=ddim50, interval=3, ratio=0.05)');
    expect(createDucaPolicy({ schedule: 'pixart', phase: 'dit' }).toString()).toBe(
      'duca(schedule=pixart, interval=3, ratio=0.75, phase=dit)',
    );
  });

  it('can be given as text', () => {
    const { create } = registerPolicy(DUCA_DEFINITION);
    expect(create({ fresh_threshold: '5', phase: 'auto' }).toString()).toBe(
      'duca(schedule=ddim50, interval=5, ratio=0.05)',
    );
  });

  it('refuse an unknown phase', () => {
    expect(() => createDucaPolicy({ phase: 'up' as 'dit' })).toThrow(
      'phase must be one of dit, pixart, or auto for the direction in which the schedule counts, got "up"',
    );
  });
});

const SUBJECTS: [string, ConformanceSubject][] = (
  [
    ['ddim50', ditNetwork()],
    ['pixart', pixartNetwork()],
    ['flux', fluxNetwork()],
    ['open-sora', pixartNetwork()],
    ['uniform', ditNetwork(1)],
  ] as const
).map(([schedule, network]) => [
  schedule,
  {
    create: () => createDucaPolicy({ schedule }),
    createOff: () => createDucaPolicy({ schedule, interval: 1 }),
    printed: [`schedule=${schedule}`],
    runs: [1, 2, 10, 50].map((calls) => ({ steps: calls, calls, network })),
  },
]);

describe.each(SUBJECTS)('conformance of duca, %s', (_title, subject) => {
  it.each(policyConformance(subject))('$title', ({ run }) => {
    expect(run).not.toThrow();
  });
});
