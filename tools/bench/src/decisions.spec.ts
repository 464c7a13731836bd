import { listPolicies } from '@forecache/cache-policy';
import { overLimit, renderDecisions } from './decisions-report.js';
import { benchDecisions, DECISION_LIMIT_US, type DecisionCost } from './decisions.js';
import { FLUX, FLUX_RUN } from './flux-run.js';

const COST: DecisionCost = {
  policy: 'fora(interval=3)',
  fullCalls: 17,
  decision: { medianUs: 0.5, worstUs: 12.25 },
  observation: null,
  startUs: 1500,
};

describe('FLUX', () => {
  it('has 57 blocks, 19 of them with four modules', () => {
    expect(FLUX.sites).toHaveLength(19 * 4 + 38);
    expect(FLUX.sites.at(-1)).toMatchObject({ name: 'blocks.56.single', block: FLUX.blocks - 1 });
    expect(new Set(FLUX.sites.map(({ name }) => name)).size).toBe(114);
  });
});

describe('benchDecisions', () => {
  const costs = benchDecisions(FLUX_RUN, { timed: 1, warmup: 0 });

  const name = ({ policy }: DecisionCost) => policy.split('(')[0];

  it('plays every registered policy, and all but full leave calls out', () => {
    expect(costs.map(name)).toEqual(listPolicies().map((policy) => policy.name));
    expect(costs.filter(({ fullCalls }) => fullCalls === 50).map(name)).toEqual(['full']);
  });

  it('times observations of the policies that decide call by call, and only of those', () => {
    const observed = costs.filter(({ observation }) => observation !== null).map(name);
    const measuring = ['adacache', 'auto', 'dmd', 'easycache', 'first-block-cache', 'teacache'];
    expect(observed).toEqual(measuring);
  });

  it('reports numbers, the worst call no faster than the median', () => {
    for (const { decision, startUs } of costs) {
      expect(startUs).toBeGreaterThan(0);
      expect(decision.worstUs).toBeGreaterThanOrEqual(decision.medianUs);
    }
  });
});

describe('the report', () => {
  const machine = { cpu: 'CPU', cores: 2, memoryGiB: 4, os: 'linux', node: 'v20', loadBefore: 0.5 };
  const report = { date: '2026-01-02', machine, rounds: 7, limitUs: DECISION_LIMIT_US };

  it('names the machine, the limit and every policy', () => {
    const markdown = renderDecisions({ ...report, policies: [COST] });
    expect(markdown).toContain('Measured 2026-01-02 on 2 × CPU, 4 GiB, linux, Node v20;');
    expect(markdown).toContain('Limit of a decision: 50 µs; every policy keeps it.');
    expect(markdown).toContain('| fora(interval=3) | 17 | 0.50 µs | 12.3 µs | – | – | 1.50 ms |');
  });

  it('says when a policy is over the limit, NaN included', () => {
    const slow = [50, NaN].map((worstUs) => ({ ...COST, decision: { medianUs: 1, worstUs } }));
    expect(overLimit([COST, ...slow])).toEqual(slow);
    expect(renderDecisions({ ...report, policies: slow })).toContain('50 µs; 2 over it.');
  });
});
