import { policyConformance, type ConformanceSubject } from './conformance.js';
import {
  createFewerStepsPolicy,
  createForaPolicy,
  createFullPolicy,
  createTaylorSeerPolicy,
  withMaxConsecutiveForecasts,
  withStepMask,
  withTail,
  withWarmup,
  type CachePolicy,
} from './index.js';

const timesteps = Array.from({ length: 12 }, (_, call) => 1000 - 7 * call ** 2);

const SUBJECTS: [string, ConformanceSubject][] = [
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
];

describe.each(SUBJECTS)('conformance of %s', (_title, subject) => {
  it.each(policyConformance(subject))('$title', ({ run }) => {
    expect(run).not.toThrow();
  });
});

describe('the conformance suite catches', () => {
  const good = createTaylorSeerPolicy({ interval: 3, order: 2 });
  const FORECAST = {
    kind: 'forecast',
    forecaster: 'newton',
    order: 3,
    growth: 'eager',
    warmup: 1,
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
      'answers the same when asked twice',
      'call 0 asked again must be {"kind":"reuse"}, got {"kind":"full"}',
    ],
    [
      'a reset that resets nothing',
      remembering,
      'is as new after reset',
      'taylorseer(interval=3, order=2, warmup=3) answered reuse at call 0, before any full call',
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
    const check = policyConformance(subject).find(({ title }) => title.endsWith('when it is off'));
    expect(check?.run).toThrow('action of call 3 must be "full", got "forecast"');
  });
});
