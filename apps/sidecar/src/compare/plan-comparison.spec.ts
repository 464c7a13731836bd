import { loadManifest, type ModelManifest } from '@forecache/demo-model';
import type { LineUpEntry } from './line-up.js';
import { planComparison, type SharedFlags } from './plan-comparison.js';

let manifest: ModelManifest;
beforeAll(async () => void (manifest = await loadManifest()));

const flags: SharedFlags = {
  count: '4',
  seed: '1',
  class: 'cycle',
  mode: 'plan',
  transfer: 'shared',
  batch: '2',
};
const fora: LineUpEntry = {
  label: 'FORA',
  method: 'FORA',
  policy: { name: 'fora', options: { interval: '3' } },
};
const keyOf = async (entry: LineUpEntry, changes: Partial<SharedFlags> = {}) =>
  (await planComparison([entry], { ...flags, ...changes }, manifest)).rows[1]?.key;

describe('planComparison', () => {
  it('puts full compute first, once', async () => {
    const full = { ...fora, label: 'mine', policy: { name: 'full', options: {} } };
    const { reference, rows } = await planComparison([fora, full], flags, manifest);
    expect(rows.map(({ policy }) => policy)).toEqual(['full()', 'fora(interval=3)']);
    expect(rows[0]).toBe(reference);
  });

  it('keys a row by everything its images depend on', async () => {
    expect(await keyOf(fora)).toMatch(
      /^fora\(interval=3\)@module steps=50 guidance=2 class=cycle seed=1 count=4 batch=2 model=[0-9a-f]{12}$/,
    );
    const keys = await Promise.all([
      keyOf(fora),
      keyOf({ ...fora, granularity: 'hidden' }),
      keyOf({ ...fora, policy: { name: 'fora', options: { interval: '4' } } }),
      keyOf(fora, { steps: '10' }),
      keyOf(fora, { guidance: '1' }),
      keyOf(fora, { class: 'dress' }),
      keyOf(fora, { seed: '2' }),
      keyOf(fora, { count: '5' }),
      keyOf(fora, { batch: '4' }),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keys nothing else: mode, label and spelling change no image', async () => {
    const key = await keyOf(fora);
    expect(await keyOf(fora, { mode: 'proxy' })).toBe(key);
    expect(await keyOf({ ...fora, label: 'x', method: 'y', granularity: 'module' })).toBe(key);
    const spelt = { name: 'fora', options: { cache_interval: '3' } };
    expect(await keyOf({ ...fora, policy: spelt })).toBe(key);
    expect(await keyOf(fora, { class: '3' })).toBe(await keyOf(fora, { class: 'dress' }));
  });

  it('rejects the same row twice', async () => {
    const again = { ...fora, label: 'again' };
    await expect(planComparison([fora, again], flags, manifest)).rejects.toThrow(
      'the line-up has fora(interval=3) twice, as "FORA" and "again"',
    );
  });

  it('rejects options that the policy does not take', async () => {
    const wrong = { ...fora, policy: { name: 'fora', options: { order: '2' } } };
    await expect(planComparison([wrong], flags, manifest)).rejects.toThrow(
      'option of fora must be one of interval, warmup, tail, max_consecutive_forecasts, step_mask, shared_branch, got "order"',
    );
  });
});
