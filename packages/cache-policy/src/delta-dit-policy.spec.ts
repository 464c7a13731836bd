import { every, fromFalling } from '../test/runs.js';
import type { RunDescription } from './cache-policy.js';
import { policyConformance, type ConformanceSubject } from './conformance.js';
import {
  createDeltaDitPolicy,
  DELTA_DIT_DEFINITION,
  type DeltaDitOptions,
} from './delta-dit-policy.js';
import type { NetworkShape } from './network-shape.js';
import { registerPolicy } from './policy-definition.js';
import { compileRunPlan } from './run-plan.js';
import { ditNetwork, fluxNetwork } from '../test/networks.js';

const DIT = runOf(50, ditNetwork());
const FLUX = runOf(50, fluxNetwork());

function runOf(calls: number, network: NetworkShape): RunDescription {
  return { steps: calls, calls, network };
}

function planOf(options: DeltaDitOptions, run: RunDescription) {
  return compileRunPlan({ policy: createDeltaDitPolicy(options), run });
}

/** The skipped range of each call that is not full, by call. */
function skipped(options: DeltaDitOptions, run: RunDescription): ReadonlyMap<number, string> {
  const calls = planOf(options, run).calls.filter(({ exceptions }) => exceptions.length > 0);
  return new Map(calls.map(({ callIndex, exceptions }) => [callIndex, exceptions[0]?.site ?? '']));
}

describe('delta-dit on DiT', () => {
  it.each([
    [2, [49, ...every(2, 0, 48).reverse()], 26],
    [3, [49, ...every(3, 0, 48).reverse()], 18],
  ])('at N=%i computes FORA’s full steps', (interval, steps, count) => {
    const { fullCalls } = planOf({ interval }, DIT);
    expect(fullCalls).toEqual(fromFalling(...steps));
    expect(fullCalls).toHaveLength(count);
  });

  it('skips blocks 14 to 27 in steps 49 to 25, blocks 0 to 13 after', () => {
    const sites = [...skipped({ interval: 3 }, DIT)];
    expect(sites).toHaveLength(32);
    for (const [call, site] of sites) expect(site).toBe(call < 25 ? 'blocks.14-27' : 'blocks.0-13');
  });

  it('reuses what the range added, and keeps both ranges', () => {
    const { calls, setup } = planOf({}, DIT);
    // Call 2 is step 47.
    expect(calls[2]).toMatchObject({
      action: { kind: 'full' },
      exceptions: [{ site: 'blocks.14-27', action: { kind: 'reuse' } }],
    });
    expect(setup).toMatchObject({
      granularity: 'residual',
      sites: ['blocks.14-27', 'blocks.0-13'],
      historySize: 1,
      tokenCache: null,
      probes: [],
    });
  });

  it('takes other boundaries and other numbers of blocks', () => {
    const sites = skipped({ interval: 2, boundary: 3, skip: 4 }, runOf(8, ditNetwork(6)));
    // Steps 7 to 0: full at 7, 6, 4, 2, 0; half at 5, 3, 1.
    expect([...sites]).toEqual([
      [2, 'blocks.2-5'],
      [4, 'blocks.0-3'],
      [6, 'blocks.0-3'],
    ]);
  });

  it('takes named ranges, and the same one throughout is kept once', () => {
    const options = { early: '1-2', late: '1-2' };
    expect(new Set(skipped(options, DIT).values())).toEqual(new Set(['blocks.1-2']));
    expect(planOf(options, DIT).setup.sites).toEqual(['blocks.1-2']);
    const { sites } = planOf({ late: '3-3' }, DIT).setup;
    expect(sites).toEqual(['blocks.14-27', 'blocks.3-3']);
  });

  it('skips one block of two or three, and the only one of one', () => {
    expect([1, 2, 3].map((blocks) => planOf({}, runOf(9, ditNetwork(blocks))).setup.sites)).toEqual(
      [['blocks.0-0'], ['blocks.1-1', 'blocks.0-0'], ['blocks.2-2', 'blocks.0-0']],
    );
  });
});

describe('delta-dit on FLUX', () => {
  it.each([
    [2, 25],
    [3, 17],
    [6, 9],
  ])('at N=%i is full at every N-th call from call 0: %i calls', (interval, count) => {
    const { fullCalls } = planOf({ schedule: 'flux', interval }, FLUX);
    expect(fullCalls).toEqual(every(interval, 0, 49));
    expect(fullCalls).toHaveLength(count);
  });

  it('skips all single blocks throughout', () => {
    const { setup } = planOf({ schedule: 'flux' }, FLUX);
    expect(setup.sites).toEqual(['blocks.19-56']);
    expect(new Set(skipped({ schedule: 'flux' }, FLUX).values())).toEqual(
      new Set(['blocks.19-56']),
    );
  });

  it('skips as many rear blocks as it is told to', () => {
    expect(planOf({ schedule: 'flux', skip: 10 }, FLUX).setup.sites).toEqual(['blocks.47-56']);
  });
});

describe('delta-dit options', () => {
  it('print interval and schedule, and others that are given', () => {
    expect(createDeltaDitPolicy().toString()).toBe('delta-dit(interval=3, schedule=dit)');
    expect(createDeltaDitPolicy({ interval: 2, early: '7-27' }).toString()).toBe(
      'delta-dit(interval=2, schedule=dit, early=7-27)',
    );
  });

  it('can be given as text', () => {
    const { create } = registerPolicy(DELTA_DIT_DEFINITION);
    expect(create({ skip_blocks: '21', boundary: '10' }).toString()).toBe(
      'delta-dit(interval=3, schedule=dit, boundary=10, skip=21)',
    );
    expect(() => create({ early: '14' })).toThrow(
      'early must be blocks first-last with first <= last, such as 14-27, or auto for the rear blocks, got "14"',
    );
  });

  it('are off at interval 1, without a network', () => {
    const plan = planOf({ interval: 1 }, { steps: 3, calls: 3 });
    expect(plan.fullCalls).toEqual([0, 1, 2]);
    expect(plan.warnings).toEqual(['nothing will be skipped: interval is 1']);
    expect(plan.setup.sites).toEqual([]);
  });

  it.each([
    [{ interval: 0 }, 'interval must be an integer >= 1, got 0'],
    [{ boundary: -1 }, 'boundary must be an integer >= 0, or auto for half of the calls, got -1'],
    [{ skip: 0 }, 'skip must be an integer >= 1, or auto for half of the blocks, got 0'],
    [
      { late: '13-0' },
      'late must be blocks first-last with first <= last, such as 14-27, or auto for the front blocks, got "13-0"',
    ],
    [{ schedule: 'wan' as 'dit' }, 'schedule must be one of dit, flux, got "wan"'],
    [{ skip: 3, late: '0-2' }, 'skip and late both say which blocks are skipped: give one of them'],
    [
      { skip: 3, early: '0-2', late: '0-2' },
      'skip and early both say which blocks are skipped: give one of them',
    ],
  ])('%p is refused', (options, message) => {
    expect(() => createDeltaDitPolicy(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message }),
    );
  });

  it.each([
    [{ skip: 29 }, 'skip must be an integer between 1 and 28, the blocks there are, got 29'],
    [{ early: '14-28' }, 'early must be a range of blocks between 0 and 27, got "14-28"'],
    [{ schedule: 'flux' }, 'schedule must be dit for a network without single blocks, got "flux"'],
  ] as const)('%p does not fit DiT, and is refused before the run', (options, message) => {
    expect(() => planOf(options, DIT)).toThrow(message);
  });

  it('need a network', () => {
    expect(() => planOf({}, { steps: 3, calls: 3 })).toThrow(
      'network must be the modules of the network, which delta-dit needs, got undefined',
    );
  });
});

const SUBJECTS: [string, ConformanceSubject][] = (
  [
    ['dit', ditNetwork()],
    ['flux', fluxNetwork()],
  ] as const
).map(([schedule, network]) => [
  schedule,
  {
    create: () => createDeltaDitPolicy({ schedule, interval: 4 }),
    createOff: () => createDeltaDitPolicy({ schedule, interval: 1 }),
    printed: ['interval=4', `schedule=${schedule}`],
    runs: [1, 2, 10, 50].map((calls) => runOf(calls, network)),
  },
]);

describe.each(SUBJECTS)('conformance of delta-dit, %s', (_title, subject) => {
  it.each(policyConformance(subject))('$title', ({ run }) => {
    expect(run).not.toThrow();
  });
});
