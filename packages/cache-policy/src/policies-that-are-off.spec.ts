import { every, runOf } from '../test/runs.js';
import { walk } from './conformance-walk.js';
import { createPolicy, createTeaCachePolicy, isFullCall, listPolicies } from './index.js';
import { TEST_NETWORK } from './synthetic-host.js';

const run = { ...runOf(20), network: TEST_NETWORK };

/** By policy: options as a person types them, and what is said of them. */
const OFF: Readonly<Record<string, readonly (readonly [Record<string, string>, string])[]>> = {
  full: [[{}, 'the policy is full']],
  'fewer-steps': [[{ steps: '20' }, 'the run has 20 steps, no more than 20']],
  fora: [[{ interval: '1' }, 'interval is 1']],
  taylorseer: [[{ interval: '1' }, 'interval is 1']],
  hicache: [[{ interval: '1' }, 'interval is 1']],
  foca: [[{ interval: '1' }, 'interval is 1']],
  spectrum: [[{ interval: '1' }, 'interval is 1']],
  dmd: [[{ interval: '1' }, 'interval is 1']],
  auto: [
    [{ max_error: '0%' }, 'max_error is 0'],
    [{ max_interval: '1' }, 'max_interval is 1'],
  ],
  toca: [[{ interval: '1' }, 'interval is 1']],
  duca: [[{ interval: '1' }, 'interval is 1']],
  'delta-dit': [[{ interval: '1' }, 'interval is 1']],
  teacache: [
    [{ threshold: '0' }, 'threshold is 0'],
    [{ threshold: '0', coefficients: 'demo' }, 'threshold is 0'],
  ],
  adacache: [[{ codebook: '1:1' }, 'every gap of the codebook is 1']],
  magcache: [
    [{ threshold: '0' }, 'threshold is 0'],
    [{ skips: '0' }, 'skips is 0'],
  ],
  easycache: [[{ threshold: '0' }, 'threshold is 0']],
  scheduled: [[{ schedule: every(1, 0, 19).join() }, 'all 20 calls are in the schedule']],
  'first-block-cache': [[{ threshold: '0' }, 'threshold is 0']],
};

describe('a policy that is off', () => {
  it('is known for every policy there is', () => {
    expect(Object.keys(OFF).sort()).toEqual(listPolicies().map(({ name }) => name));
  });

  const rows = Object.entries(OFF).flatMap(([name, ways]) => {
    return ways.map(([options, reason]) => [name, options, reason] as const);
  });

  it.each(rows)('%s with %j computes every call, and says that %s', (name, options, reason) => {
    const policy = createPolicy({ name, options });
    expect(policy.explainFull(run)).toBe(reason);
    expect(walk({ policy, run }).every(isFullCall)).toBe(true);
  });

  it.each(
    listPolicies()
      .map(({ name }) => name)
      .filter((name) => !['full', 'fewer-steps'].includes(name)),
  )('%s without options has nothing to explain', (name) => {
    const options: Record<string, string> = name === 'scheduled' ? { schedule: '0' } : {};
    expect(
      createPolicy({ name, options }).explainFull({ ...runOf(50), network: TEST_NETWORK }),
    ).toBeNull();
  });
});

test('teacache takes FLUX.1-dev’s coefficients and threshold where nobody says otherwise', () => {
  const given = createTeaCachePolicy({ coefficients: 'flux.1-dev' });
  expect(createTeaCachePolicy().toString()).toBe(given.toString());
  expect(given.toString()).toBe('teacache(threshold=0.4, coefficients=flux.1-dev)');
});
