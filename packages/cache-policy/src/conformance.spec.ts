import { policyConformance, type ConformanceSubject } from './conformance.js';
import {
  createAdaCachePolicy,
  createAutoPolicy,
  createDmdPolicy,
  createEasyCachePolicy,
  createFewerStepsPolicy,
  createFirstBlockCachePolicy,
  createFocaPolicy,
  createForaPolicy,
  createFullPolicy,
  createHiCachePolicy,
  createMagCachePolicy,
  createPolicy,
  createScheduledPolicy,
  createSpectrumPolicy,
  createTaylorSeerPolicy,
  createTeaCachePolicy,
  isFullCall,
  withMaxConsecutiveForecasts,
  withSharedDecision,
  withStepMask,
  withTail,
  withWarmup,
  type CachePolicy,
  type CallContext,
} from './index.js';
import { walk } from './conformance-walk.js';
import { TEST_NETWORK } from './synthetic-host.js';

const timesteps = Array.from({ length: 12 }, (_, call) => 1000 - 7 * call ** 2);

/** Skips and computes in turn on the synthetic host. */
const teacache = () => createTeaCachePolicy({ coefficients: '0,0,0,1,0', threshold: 0.1 });
const easycache = () => createEasyCachePolicy({ warmup: 3, threshold: 0.08 });

const BASELINES: [string, ConformanceSubject][] = [
  ['full', { create: createFullPolicy, createOff: createFullPolicy }],
  ['fewer-steps', { create: () => createFewerStepsPolicy({ steps: 5 }), printed: ['steps=5'] }],
  [
    'fora',
    {
      create: () => createForaPolicy({ interval: 4 }),
      createOff: () => createForaPolicy({ interval: 1 }),
      printed: ['interval=4'],
    },
  ],
];

const SCHEDULED = { schedule: '0,1,4,7', weights: '1;1.5,-0.5;none;2,-1;1.2,-0.3,0.1;1,0,0' };

/** The schedule is that of ten calls, and the weights are. */
const SCHEDULES: [string, ConformanceSubject][] = [
  [
    'scheduled',
    {
      create: () => createScheduledPolicy(SCHEDULED),
      createOff: () => createScheduledPolicy({ schedule: '0,1,2,3,4,5,6,7,8,9' }),
      printed: ['schedule=0,1,4,7', 'weights=1;1.5,-0.5;none;2,-1;1.2,-0.3,0.1;1,0,0'],
      runs: [{ steps: 10, calls: 10, network: TEST_NETWORK }],
    },
  ],
  [
    'scheduled, of a preset',
    {
      create: () => createScheduledPolicy({ ...SCHEDULED, preset: 'demo-10' }),
      printed: ['preset(demo-10, full_calls=4)'],
      runs: [{ steps: 10, calls: 10 }],
    },
  ],
  ['scheduled, reuse', { create: () => createScheduledPolicy({ schedule: '0' }) }],
];

const FORECASTERS: [string, ConformanceSubject][] = [
  ...[0, 1, 2, 8].flatMap((order) =>
    (['official', 'newton'] as const).map((forecaster): [string, ConformanceSubject] => [
      `taylorseer, order ${order}, ${forecaster}`,
      {
        create: () => createTaylorSeerPolicy({ interval: 3, order, forecaster }),
        createOff: () => createTaylorSeerPolicy({ interval: 1, order, forecaster }),
        printed: ['interval=3', `order=${order}`, 'warmup=3'],
      },
    ]),
  ),
  [
    'taylorseer in timesteps',
    {
      create: () => createTaylorSeerPolicy({ order: 3, position: 'timestep', tail: 1 }),
      printed: ['position=timestep', 'tail=1'],
      runs: [{ steps: 12, calls: 12, timesteps }],
    },
  ],
  [
    'hicache',
    {
      create: () => createHiCachePolicy({ order: 2, scale: 0.7 }),
      createOff: () => createHiCachePolicy({ interval: 1 }),
      printed: ['interval=6', 'order=2', 'scale=0.7'],
    },
  ],
  ...(['literal', 'anchored'] as const).map((variant): [string, ConformanceSubject] => [
    `foca, ${variant}`,
    {
      create: () => createFocaPolicy({ variant, order: 3 }),
      createOff: () => createFocaPolicy({ interval: 1 }),
      printed: ['interval=5', 'order=3', `variant=${variant}`],
    },
  ]),
  [
    'spectrum',
    {
      create: () => createSpectrumPolicy({ window: 7 }),
      createOff: () => createSpectrumPolicy({ interval: 1 }),
      printed: ['order=4', 'ridge=0.1', 'window=7'],
    },
  ],
  ...(['foca', 'newton'] as const).map((forecaster): [string, ConformanceSubject] => [
    `auto with ${forecaster}`,
    {
      create: () => createAutoPolicy({ forecaster, max_error: 2 }),
      createOff: () => createAutoPolicy({ forecaster, max_error: 0 }),
      printed: ['max_error=2', 'warmup=3', 'tail=1'],
    },
  ]),
  ...[4, 5, 9].map((snapshots): [string, ConformanceSubject] => [
    `dmd, ${snapshots} snapshots`,
    {
      create: () => createDmdPolicy({ interval: 4, snapshots }),
      createOff: () => createDmdPolicy({ interval: 1 }),
      printed: ['interval=4', `snapshots=${snapshots}`],
    },
  ]),
];

const GATES: [string, ConformanceSubject][] = [
  [
    'teacache',
    {
      create: teacache,
      createOff: () => createTeaCachePolicy({ threshold: 0 }),
      printed: ['threshold=0.1', 'coefficients=0,0,0,1,0'],
    },
  ],
  [
    'teacache for Wan',
    {
      create: () => createTeaCachePolicy({ coefficients: 'wan2.1-t2v-14b-retention' }),
      createOff: () => createTeaCachePolicy({ coefficients: 'wan2.1-t2v-14b', threshold: 0 }),
      printed: ['threshold=0.1', 'coefficients=wan2.1-t2v-14b-retention'],
    },
  ],
  [
    'adacache',
    {
      create: () => createAdaCachePolicy({ codebook: 'fast-30' }),
      createOff: () => createAdaCachePolicy({ codebook: '1:1' }),
      printed: ['codebook=fast-30'],
    },
  ],
  ...(['code', 'paper'] as const).map((motion): [string, ConformanceSubject] => [
    `adacache with motion as in the ${motion}`,
    { create: () => createAdaCachePolicy({ motion, frame: 7 }), printed: [`motion=${motion}`] },
  ]),
  ...(['official', 'diffusers'] as const).map((variant): [string, ConformanceSubject] => [
    `magcache, ${variant}`,
    {
      create: () => createMagCachePolicy({ variant }),
      createOff: () => createMagCachePolicy({ variant, threshold: 0 }),
      printed: [`variant=${variant}`],
    },
  ]),
  [
    'easycache',
    {
      create: easycache,
      createOff: () => createEasyCachePolicy({ threshold: 0 }),
      printed: ['threshold=0.08', 'warmup=3', 'tail=1'],
    },
  ],
  [
    'first-block-cache',
    {
      create: () => createFirstBlockCachePolicy({ blocks: 2, rear: 1, threshold: 0.1 }),
      createOff: () => createFirstBlockCachePolicy({ threshold: 0 }),
      printed: ['threshold=0.1', 'blocks=2', 'rear=1'],
    },
  ],
];

const WRAPPED: [string, ConformanceSubject][] = [
  ['withWarmup', { create: () => withWarmup(4, createForaPolicy()), printed: ['withWarmup(4'] }],
  ['withTail', { create: () => withTail(2, createForaPolicy()), printed: ['withTail(2'] }],
  [
    'withMaxConsecutiveForecasts',
    {
      create: () => withMaxConsecutiveForecasts(2, createTaylorSeerPolicy({ interval: 9 })),
      createOff: () => withMaxConsecutiveForecasts(0, createTaylorSeerPolicy({ interval: 9 })),
    },
  ],
  [
    'withStepMask',
    {
      create: () => withStepMask([true, false, true, false], createForaPolicy({ interval: 9 })),
      runs: [{ steps: 4, calls: 4 }],
    },
  ],
  ['withWarmup of a policy that learns', { create: () => withWarmup(4, teacache()) }],
  ['withTail of a policy that learns', { create: () => withTail(5, easycache()) }],
  [
    'withMaxConsecutiveForecasts of a policy that learns',
    { create: () => withMaxConsecutiveForecasts(1, easycache()) },
  ],
  [
    'withSharedDecision',
    { create: () => withSharedDecision('cond', teacache()), sharesBranches: true },
  ],
  [
    'withSharedDecision of a static policy',
    { create: () => withSharedDecision('cond', createForaPolicy()) },
  ],
  [
    'all wrappers by name',
    {
      create: () =>
        createPolicy({
          name: 'teacache',
          options: {
            coefficients: '0,0,0,1,0',
            threshold: '0.1',
            warmup: '2',
            tail: '2',
            max_consecutive_forecasts: '3',
            step_mask: '10'.repeat(25),
          },
        }),
      printed: ['warmup=2', 'tail=2', 'max_consecutive_forecasts=3', 'step_mask=1010'],
      runs: [{ steps: 50, calls: 50, network: TEST_NETWORK }],
    },
  ],
];

const SUBJECTS = [...BASELINES, ...SCHEDULES, ...FORECASTERS, ...GATES, ...WRAPPED];

describe.each(SUBJECTS)('conformance of %s', (_title, subject) => {
  it.each(policyConformance(subject))('$title', ({ run }) => {
    expect(run).not.toThrow();
  });
});

describe('on the synthetic host', () => {
  const skipping = SUBJECTS.filter(([title]) => title !== 'full' && title !== 'fewer-steps');

  it.each(skipping)('%s computes some calls and skips others', (_title, { create, runs }) => {
    const run = runs?.at(-1) ?? { steps: 50, calls: 50, network: TEST_NETWORK };
    const plans = walk({ policy: create(), run });
    expect(plans.some(isFullCall)).toBe(true);
    expect(plans.every(isFullCall)).toBe(false);
  });
});

describe('the conformance suite catches', () => {
  const good = createTaylorSeerPolicy({ interval: 3, order: 2 });
  const FORECAST = {
    kind: 'forecast',
    rule: { forecaster: 'newton', order: 3 },
    position: 'call',
  } as const;

  function counting(): CachePolicy {
    let asked = 0;
    return { ...good, decide: () => (asked++ % 3 === 0 ? { kind: 'full' } : { kind: 'reuse' }) };
  }

  function remembering(): CachePolicy {
    let seen = 0;
    return {
      ...good,
      asksAt: 'call-start',
      decide: () => (seen % 2 === 0 ? { kind: 'full' } : { kind: 'reuse' }),
      observe: () => void seen++,
      reset: () => undefined,
    };
  }

  /** Like `remembering`, but one count for all branches, and a reset that works. */
  function forgettingBranches(): CachePolicy {
    let skipped = 0;
    return {
      ...remembering(),
      decide: ({ fullCalls }) =>
        fullCalls.length === 0 || skipped > 2 ? { kind: 'full' } : { kind: 'reuse' },
      observe: (_context, { kind }) => void (skipped = kind === 'full' ? 0 : skipped + 1),
      reset: () => void (skipped = 0),
    };
  }

  const measuring = (decide: (context: CallContext) => number): CachePolicy => ({
    ...createFirstBlockCachePolicy(),
    decide: (context) =>
      context.fullCalls.length > 0 && decide(context) < 1 ? { kind: 'reuse' } : { kind: 'full' },
  });

  const BROKEN: [string, () => CachePolicy, string, string][] = [
    [
      'a policy that starts by reusing',
      () => ({ ...good, decide: () => ({ kind: 'reuse' }) }),
      'computes the first call in full',
      'taylorseer(interval=3, order=2, warmup=3) answered reuse at call 0, before any full call',
    ],
    [
      'a counter moved by asking',
      counting,
      'answers the same when asked twice, at once or after the run',
      'call 0 asked again must be {"kind":"reuse"}, got {"kind":"full"}',
    ],
    [
      'a state that answers old questions anew',
      remembering,
      'answers the same when asked twice, at once or after the run',
      'call 0 asked again must be {"kind":"full"}, got {"kind":"reuse"}',
    ],
    [
      'a report that counts each time it comes',
      remembering,
      'moves once when told twice',
      'plan when told twice must be',
    ],
    [
      'a reset that resets nothing',
      remembering,
      'is as new after reset',
      'taylorseer(interval=3, order=2, warmup=3) answered reuse at call 0, before any full call',
    ],
    [
      'branches with one state',
      forgettingBranches,
      'keeps branches apart',
      'plans of two branches must be',
    ],
    [
      'a history that is too small',
      () => ({
        ...good,
        decide: (context) => (context.callIndex < 5 ? { kind: 'full' } : FORECAST),
      }),
      'keeps within its historySize',
      'features used at call 5 must be at most 3, got 4',
    ],
    [
      'a number that no probe measures',
      () => measuring(({ scalars }) => scalars['output-change'] ?? NaN),
      'reads what its probes measure, all of it and nothing else',
      'scalars read must be ["first-blocks-change"], got ["output-change"]',
    ],
    [
      'a policy that skips without its measurement',
      () => measuring(({ scalars }) => scalars['first-blocks-change'] ?? 0),
      'computes in full what it cannot measure',
      'action of call 1 without measurements must be "full", got "reuse"',
    ],
    [
      'a reason for full calls that are not',
      () => ({ ...good, explainFull: () => 'it is Monday' }),
      'gives a reason only where every call is full',
      'skips call 3 and yet says that it is Monday',
    ],
    [
      'a nameless policy',
      () => ({ ...good, toString: () => '[object Object]' }),
      'prints its name and options',
      'toString must contain taylorseer, got [object Object]',
    ],
  ];

  it.each(BROKEN)('%s', (_title, ...[create, rule, message]) => {
    const check = policyConformance({ create }).find(({ title }) => title === rule);
    expect(check?.run).toThrow(message);
  });

  it('an off switch that still skips', () => {
    const subject = { create: () => good, createOff: () => good, runs: [{ steps: 5, calls: 5 }] };
    const check = policyConformance(subject).find(({ title }) => title.includes('when it is off'));
    expect(check?.run).toThrow('action of call 3 must be "full", got "forecast"');
  });

  it('an off switch that does not say so', () => {
    const silent = { ...createFullPolicy(), explainFull: () => null };
    const subject = { create: () => good, createOff: () => silent };
    const check = policyConformance(subject).find(({ title }) => title.includes('when it is off'));
    expect(check?.run).toThrow('full() must explain why every call is full');
  });
});
