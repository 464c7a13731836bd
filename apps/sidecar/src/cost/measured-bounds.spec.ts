import { createPolicy } from '@forecache/cache-policy';
import { TINY_TABLE } from '../../test/tiny-layer-table.js';
import { measuredBounds } from './measured-bounds.js';

function boundsOf(name: string, options: Readonly<Record<string, string>>) {
  const policy = createPolicy({ name, options });
  const granularity = policy.granularities[0] ?? 'module';
  const run = { steps: 20, calls: 20, network: TINY_TABLE };
  return measuredBounds({ policy, run, granularity, table: TINY_TABLE });
}

describe('measuredBounds', () => {
  it('is one full call where nothing changes and all of them where everything does', () => {
    const { scalars, fewestFull, mostFull } = boundsOf('first-block-cache', {});
    expect(scalars).toEqual(['first-blocks-change']);
    expect(fewestFull).toMatchObject({ change: 0, fullCalls: [0], cost: { cacheBytes: 10 * 2 } });
    expect(mostFull.fullCalls).toHaveLength(20);
    expect(mostFull.cost.speedup).toBe(1);
  });

  it('finds the change that a polynomial counts least', () => {
    // The polynomial counts 0.1 + δ², so with 0.35 every fourth call is full between the first and the last.
    const { fewestFull } = boundsOf('teacache', {
      threshold: '0.35',
      coefficients: '0,0,1,0,0.1',
    });
    expect(fewestFull).toMatchObject({ change: 0, fullCalls: [0, 4, 8, 12, 16, 19] });
  });

  it('compares changes with sizes of 1', () => {
    const { scalars, fewestFull, mostFull } = boundsOf('easycache', { warmup: '2' });
    expect(scalars).toEqual(['input-change', 'output-size', 'output-change', 'input-span']);
    expect(fewestFull.fullCalls.length).toBeLessThan(5);
    expect(mostFull.fullCalls).toHaveLength(20);
  });

  it('of a policy whose calls do not depend on measurements is one number', () => {
    const { fewestFull, mostFull } = boundsOf('dmd', { interval: '4', warmup: '1' });
    expect(fewestFull.fullCalls).toEqual([0, 4, 8, 12, 16]);
    expect(mostFull.cost.flops).toBe(fewestFull.cost.flops);
  });

  it('is full compute where the policy is off', () => {
    const { fewestFull } = boundsOf('teacache', { threshold: '0' });
    expect(fewestFull.fullCalls).toHaveLength(20);
    expect(fewestFull.cost.cacheBytes).toBe(0);
  });
});
