import { every, fromFalling } from '../test/runs.js';
import type { CachePolicy, Decision, RunDescription, SiteDecision } from './cache-policy.js';
import { policyConformance, type ConformanceSubject } from './conformance.js';
import type { NetworkShape } from './network-shape.js';
import { registerPolicy } from './policy-definition.js';
import { compileRunPlan, compileRunSetup } from './run-plan.js';
import { ditNetwork, fluxNetwork, pixartNetwork } from '../test/networks.js';
import { createTocaPolicy, TOCA_DEFINITION, type TocaOptions } from './toca-policy.js';

const DIT = runOf(50, ditNetwork());
const PIXART = runOf(20, pixartNetwork());
const FLUX = runOf(50, fluxNetwork());

function runOf(calls: number, network: NetworkShape): RunDescription {
  return { steps: calls, calls, network };
}

function decideAt(policy: CachePolicy, run: RunDescription, callIndex: number): Decision {
  return policy.decide({ run, branch: 'joint', callIndex, fullCalls: [0], scalars: {} });
}

/** What the policy decides by site in one call; empty when the call is full. */
function decisionsAt(
  options: TocaOptions,
  run: RunDescription,
  callIndex: number,
): ReadonlyMap<string, SiteDecision> {
  const decision = decideAt(createTocaPolicy(options), run, callIndex);
  if (decision.kind !== 'by-site') return new Map();
  return new Map(decision.sites.map(({ site, decision: action }) => [site, action]));
}

function tokensOf(decision: SiteDecision | undefined): number | undefined {
  return decision?.kind === 'partial' ? decision.selection.tokens : undefined;
}

function setupOf(options: TocaOptions, run: RunDescription) {
  return compileRunSetup({ policy: createTocaPolicy(options), run });
}

describe('a call of toca between full ones', () => {
  it('reuses DiT’s attentions and computes counted tokens of its MLPs', () => {
    // Call 30 is step 19; layer 13 is near the middle, so r * step factor * 2.5 = 0.07 * 1.48 * 2.5 = 0.259 of 256.
    const sites = decisionsAt({}, DIT, 30);
    expect(sites.size).toBe(56);
    expect(sites.get('blocks.13.attention')).toEqual({ kind: 'reuse' });
    expect(sites.get('blocks.13.mlp')).toEqual({
      kind: 'partial',
      selection: { tokens: 65, stalenessWeight: 0.25 / 3, grid: 2, gridBonus: 0.6 },
    });
  });

  it('may compute no token: early in DiT the share falls below 0', () => {
    expect(tokensOf(decisionsAt({}, DIT, 1).get('blocks.0.mlp'))).toBe(0);
  });

  it('leaves the first block full where the code does: call 4 is step 45', () => {
    const sites = [...decisionsAt({}, DIT, 4).keys()];
    expect(sites).toHaveLength(54);
    expect(sites.filter((site) => site.startsWith('blocks.0.'))).toEqual([]);
  });

  it('computes less of PixArt’s cross-attentions than of its MLPs', () => {
    // 0.3 * 1.6 * 1.81 = 0.8688 of both at step 1 and layer 0, times 0.6 and 1.6 (at most 1), of 256.
    const sites = decisionsAt({ schedule: 'pixart' }, PIXART, 1);
    const names = ['attention', 'cross-attention', 'mlp'].map((name) => `blocks.0.${name}`);
    expect(names.map((name) => tokensOf(sites.get(name)))).toEqual([undefined, 133, 256]);
    expect(sites.get('blocks.0.attention')).toEqual({ kind: 'reuse' });
  });

  it('keeps Open-Sora’s cross-attentions at every second full call', () => {
    const at = (call: number) => decisionsAt({ schedule: 'open-sora' }, PIXART, call);
    expect([...new Set([...at(3).values()].map(({ kind }) => kind))]).toEqual(['reuse']);
    expect([...at(3).keys()]).toEqual(every(1, 0, 27).map((b) => `blocks.${b}.cross-attention`));
    expect(at(6).size).toBe(0);
  });

  it('computes every token of every module at ratio 1 under uniform', () => {
    const sites = decisionsAt({ schedule: 'uniform', ratio: 1 }, FLUX, 1);
    expect(sites.size).toBe(114);
    for (const { name, tokens } of FLUX.network?.sites ?? []) {
      expect(tokensOf(sites.get(name))).toBe(tokens);
    }
  });

  it('only reuses at ratio 0', () => {
    const sites = decisionsAt({ ratio: 0 }, DIT, 2);
    expect(sites.size).toBe(56);
    expect([...new Set([...sites.values()].map(({ kind }) => kind))]).toEqual(['reuse']);
  });
});

describe('what toca keeps', () => {
  it('is what is reused; what is computed in part has a token cache', () => {
    const { sites, tokenCache, probes } = setupOf({ score: 'random' }, DIT);
    expect(sites).toEqual(every(1, 0, 27).map((block) => `blocks.${block}.attention`));
    expect(tokenCache).toEqual({
      sites: every(1, 0, 27).map((block) => `blocks.${block}.mlp`),
      score: 'random',
    });
    expect(probes).toEqual([]);
  });

  it('is everything by token under uniform, and nothing by token at ratio 0', () => {
    const names = DIT.network?.sites.map(({ name }) => name);
    expect(setupOf({ schedule: 'uniform' }, DIT)).toMatchObject({
      sites: [],
      tokenCache: { sites: names, score: 'influence' },
      historySize: 0,
    });
    expect(setupOf({ ratio: 0 }, DIT)).toMatchObject({ sites: names, tokenCache: null });
  });

  it('is nothing when it is off, and then it needs no network', () => {
    const run = { steps: 3, calls: 3 };
    expect(setupOf({ interval: 1 }, run)).toMatchObject({ sites: [], tokenCache: null });
    const { fullCalls, warnings } = compileRunPlan({
      policy: createTocaPolicy({ interval: 1 }),
      run,
    });
    expect(fullCalls).toEqual([0, 1, 2]);
    expect(warnings).toEqual(['nothing will be skipped: interval is 1']);
  });

  it('cannot be said without a network', () => {
    expect(() => setupOf({}, { steps: 3, calls: 3 })).toThrow(
      'network must be the modules of the network, which toca needs, got undefined',
    );
  });
});

describe('the plan of toca', () => {
  it('has DiT’s full calls', () => {
    const { fullCalls, warnings } = compileRunPlan({ policy: createTocaPolicy(), run: DIT });
    const steps = [49, 44, 40, 36, 30, 27, 24, 21, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0];
    expect(fullCalls).toEqual(fromFalling(...steps));
    expect(warnings).toEqual([]);
  });

  it('says why a short run skips nothing', () => {
    const policy = createTocaPolicy({ schedule: 'flux' });
    expect(compileRunPlan({ policy, run: runOf(3, fluxNetwork()) }).warnings).toEqual([
      'nothing will be skipped: warmup 3 covers the whole run (calls: 3)',
    ]);
  });

  it('works a call out once for a network of 114 modules, whoever asks', () => {
    const policy = createTocaPolicy({ schedule: 'flux' });
    for (const call of every(1, 0, 49))
      expect(decideAt(policy, { ...FLUX }, call)).toBe(decideAt(policy, FLUX, call));
  });

  it('costs under 50 microseconds a call, in the median of three runs', () => {
    const policy = createTocaPolicy({ schedule: 'flux' });
    const costs = every(1, 0, 149).map((asked) => {
      const start = performance.now();
      decideAt(policy, FLUX, asked % 50);
      return performance.now() - start;
    });
    expect(costs.sort((a, b) => a - b)[75]).toBeLessThan(0.05);
  });
});

describe('toca options', () => {
  it('print schedule, interval and ratio with their numbers, and others that are given', () => {
    expect(createTocaPolicy().toString()).toBe('toca(schedule=ddim50, interval=3, ratio=0.07)');
    expect(createTocaPolicy({ schedule: 'flux', weight: 0.3, score: 'random' }).toString()).toBe(
      'toca(schedule=flux, interval=4, ratio=0.1, weight=0.3, score=random)',
    );
  });

  it('can be given as text, by the authors’ names', () => {
    const { create } = registerPolicy(TOCA_DEFINITION);
    const policy = create({
      fresh_threshold: '4',
      fresh_ratio: '.2',
      soft_fresh_weight: '0.5',
      grid: 'auto',
    });
    expect(policy.toString()).toBe('toca(schedule=ddim50, interval=4, ratio=0.2, staleness=0.5)');
    expect(() => create({ cache_type: 'attention' })).toThrow(
      'toca does not take cache_type: its names differ; attention is score = influence, kv-norm is value-norm',
    );
  });

  it.each([
    [{ interval: 0 }, 'interval must be an integer >= 1, or auto for the schedule’s own, got 0'],
    [
      { ratio: 1.1 },
      'ratio must be a number between 0 and 1, or auto for the schedule’s own, got 1.1',
    ],
    [
      { ratio: NaN },
      'ratio must be a number between 0 and 1, or auto for the schedule’s own, got NaN',
    ],
    [
      { weight: 1 },
      'weight must be a finite number >= 0 and < 1, or auto for the schedule’s own, got 1',
    ],
    [
      { window: 'no' as 'on' },
      'window must be one of on, off, or auto for the schedule’s own, got "no"',
    ],
    [{ warmup: 0 }, 'warmup must be an integer >= 1, or auto for the schedule’s own, got 0'],
    [{ grid: -1 }, 'grid must be an integer >= 0, or auto for the schedule’s own, got -1'],
    [
      { bonus: Infinity },
      'bonus must be a finite number >= 0, or auto for the schedule’s own, got Infinity',
    ],
    [{ staleness: -0.1 }, 'staleness must be a finite number >= 0, got -0.1'],
    [
      { score: 'norm' as 'random' },
      'score must be one of influence, value-norm, random, got "norm"',
    ],
    [
      { schedule: 'dit' as 'flux' },
      'schedule must be one of ddim50, ddpm250, pixart, flux, open-sora, uniform, got "dit"',
    ],
  ])('%p is refused', (options, message) => {
    expect(() => createTocaPolicy(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });
});

const SUBJECTS: [string, ConformanceSubject][] = (
  [
    ['ddim50', ditNetwork()],
    ['ddpm250', ditNetwork(6, 49)],
    ['pixart', pixartNetwork()],
    ['flux', fluxNetwork()],
    ['open-sora', pixartNetwork()],
    ['uniform', ditNetwork()],
  ] as const
).map(([schedule, network]) => [
  schedule,
  {
    create: () => createTocaPolicy({ schedule }),
    createOff: () => createTocaPolicy({ schedule, interval: 1 }),
    printed: [`schedule=${schedule}`, 'interval=', 'ratio='],
    runs: [1, 2, 10, 50].map((calls) => runOf(calls, network)),
  },
]);

describe.each(SUBJECTS)('conformance of toca, %s', (_title, subject) => {
  it.each(policyConformance(subject))('$title', ({ run }) => {
    expect(run).not.toThrow();
  });
});
