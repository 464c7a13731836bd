import { forecastWeights } from '@forecache/core';
import { fullCalls, runOf } from '../test/runs.js';
import {
  compileRunPlan,
  createPolicy,
  createScheduledPolicy,
  createTaylorSeerPolicy,
  decideCall,
  withWarmup,
} from './index.js';
import { parseWeights, printWeights } from './calibration/schedule-text.js';

/** Weights of the line through the newest two features, for calls between full ones every N. */
function lineWeights(schedule: readonly number[], calls: number): number[][] {
  const skipped = Array.from({ length: calls }, (_, i) => i).filter((i) => !schedule.includes(i));
  return skipped.map((at) => {
    const history = schedule.filter((call) => call < at).map((call) => ({ call, position: call }));
    return [...forecastWeights({ forecaster: 'newton', order: 1, history, at }).weights];
  });
}

const weightsOf = (policy: Parameters<typeof compileRunPlan>[0]['policy'], calls: number) =>
  compileRunPlan({ policy, run: runOf(calls) }).calls.map(({ action }) =>
    action.kind === 'forecast' ? action.weights : action.kind,
  );

const OPTIONS = { schedule: '0,1,4,7', weights: '1;1.5,-0.5;2,-1;none;1.2,-0.3,0.1;1,0,0' };

describe('scheduled', () => {
  it('does what its texts say, call by call', () => {
    expect(weightsOf(createScheduledPolicy(OPTIONS), 10)).toEqual([
      'full',
      'full',
      'reuse',
      [1.5, -0.5],
      'full',
      [2, -1],
      'reuse',
      'full',
      [1.2, -0.3, 0.1],
      [1, 0, 0],
    ]);
  });

  it('with the weights of a line is TaylorSeer of order 1', () => {
    const taylorseer = createTaylorSeerPolicy({ interval: 3, order: 1, forecaster: 'newton' });
    const schedule = fullCalls(taylorseer, 20);
    const weights = printWeights(lineWeights(schedule, 20));
    const scheduled = createScheduledPolicy({ schedule: schedule.join(), weights });
    expect(weightsOf(scheduled, 20)).toEqual(weightsOf(taylorseer, 20));
  });

  it('without weights reuses, in a run of any length', () => {
    const policy = createPolicy({ name: 'scheduled', options: { schedule: '0,3' } });
    expect(weightsOf(policy, 5)).toEqual(['full', 'reuse', 'reuse', 'full', 'reuse']);
    expect(weightsOf(policy, 4)).toEqual(['full', 'reuse', 'reuse', 'full']);
    expect(policy.granularities[0]).toBe('output');
    expect(policy.historySize).toBe(1);
  });

  it('prints its numbers, or the preset that they come from', () => {
    const options = { ...OPTIONS, shared_branch: 'cond' };
    expect(createPolicy({ name: 'scheduled', options }).toString()).toBe(
      `scheduled(schedule=0,1,4,7, weights=${OPTIONS.weights}, shared_branch=cond)`,
    );
    expect(createScheduledPolicy({ ...OPTIONS, preset: 'demo' }).toString()).toBe(
      'preset(demo, full_calls=4)',
    );
  });

  it.each([
    [
      '0,1,4,7',
      9,
      'count of weights must be 5, one for each skipped call (9 calls, 4 of them full), got 6',
    ],
    [
      '0,1,4,7',
      11,
      'count of weights must be 7, one for each skipped call (11 calls, 4 of them full), got 6',
    ],
  ])('of 10 calls refuses a run of other length: %s, %i', (schedule, calls, message) => {
    const policy = createScheduledPolicy({ ...OPTIONS, schedule });
    expect(() => compileRunPlan({ policy, run: runOf(calls) })).toThrow(message);
    expect(() => policy.setup(runOf(calls), 'output')).toThrow(message);
  });

  it('refuses a run that ends before its last full call', () => {
    const policy = createScheduledPolicy({ schedule: '0,7' });
    expect(() => compileRunPlan({ policy, run: runOf(7) })).toThrow(
      'schedule must be full calls of a run of 7 calls, 0 to 6, got 7',
    );
  });

  const weightsRule =
    'weights must be 1 to 9 finite weights or none for each skipped call, calls separated by semicolons; or reuse';

  it.each([
    [
      { schedule: '1,2' },
      'schedule must be call indices that rise from 0, separated by commas, got "1,2"',
    ],
    [
      { schedule: '0,2,2' },
      'schedule must be call indices that rise from 0, separated by commas, got "0,2,2"',
    ],
    [
      { schedule: '0,-1' },
      'schedule must be call indices that rise from 0, separated by commas, got "0,-1"',
    ],
    [{ schedule: `0,${'9'.repeat(20)}` }, `separated by commas, got "0,${'9'.repeat(20)}"`],
    [{ schedule: '0', weights: '1;;1' }, `${weightsRule}, got "1;;1"`],
    [{ schedule: '0', weights: '1;NaN' }, `${weightsRule}, got "1;NaN"`],
    [{ schedule: '0', weights: '1e999' }, `${weightsRule}, got "1e999"`],
    [{ schedule: '0', weights: '1,1,1,1,1,1,1,1,1,1' }, `${weightsRule}, got "1,1,`],
    [
      { schedule: '0,2', weights: '1;1,2,3' },
      'weights[1] must be at most 2 weights, one for each full call before call 3, got [1, 2, 3]',
    ],
    [
      { schedule: '0,5', weights: '1;1;1' },
      'count of weights must be at least 4, one for each skipped call before call 5, got 3',
    ],
    [{ schedule: '0', preset: '../x' }, 'preset must be 1 to 100 letters, digits, dots, dashes'],
  ])('refuses %j', (options, message) => {
    const texts: Record<string, string> = { ...options };
    expect(() => createPolicy({ name: 'scheduled', options: texts })).toThrow(message);
  });

  it.each(['warmup', 'tail', 'max_consecutive_forecasts', 'step_mask'])(
    'has no option %s, which would move features away from their weights',
    (option) => {
      const options = { schedule: '0', [option]: '1' };
      expect(() => createPolicy({ name: 'scheduled', options })).toThrow(
        `scheduled does not take ${option}: weights belong to the full calls of its schedule, so there can be no others`,
      );
    },
  );

  it('in a wrapper that adds full calls fails at the first weight that is wrong by it', () => {
    const policy = withWarmup(3, createScheduledPolicy(OPTIONS));
    const context = { run: runOf(10), branch: 'joint', scalars: {} };
    expect(() => decideCall(policy, { ...context, callIndex: 3, fullCalls: [0, 1, 2] })).toThrow(
      'weights of call 3 belong to full calls [1, 0], the newest of this run are [2, 1]',
    );
  });
});

describe('printWeights', () => {
  it('keeps every digit', () => {
    const weights = [[1], [0.1 + 0.2, -1e-9, 1e21], [-0.5]];
    expect(parseWeights(printWeights(weights))).toEqual(weights);
    expect(printWeights([[1], [1.5, -0.5]])).toBe('none;1.5,-0.5');
  });
});
