/** @jest-environment ../../packages/adapters/jest-environment.cjs */
import { createOnnxModelHost, type ModelHost } from '@forecache/adapters';
import { MAGNITUDE_RATIOS, teaCacheSet } from '@forecache/cache-policy';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { compileJob } from '../generation/compile-job.js';
import { fitMagCache } from './fit-magcache.js';
import { fitTeaCache } from './fit-teacache.js';
import type { FullSampling } from './sample-in-full.js';

jest.setTimeout(120_000);

/** How far eight images may be from the sixty-four that the numbers were fitted to. */
const TOLERANCE = 0.15;

let host: ModelHost;
let sampling: Omit<FullSampling, 'setup'>;

beforeAll(async () => {
  const manifest = await loadManifest();
  host = await createOnnxModelHost({ directory: demoModelDirectory() });
  const flags = { count: '8', seed: '0', batch: '8', class: 'cycle' };
  const inline = { mode: 'local', transfer: 'inline' };
  const job = compileJob({ ...flags, ...inline }, { name: 'full', options: {} }, manifest);
  sampling = { host, manifest, job, signal: new AbortController().signal };
});

afterAll(() => host.close());

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function polynomial(coefficients: readonly number[]): (change: number) => number {
  return (change) => coefficients.reduce((value, power) => value * change + power, 0);
}

/** The same quarters of a run for every list of its calls. */
function quarters(values: readonly number[]): readonly number[] {
  const at = (quarter: number) => Math.round((quarter * values.length) / 4);
  return [0, 1, 2, 3].map((quarter) => sum(values.slice(at(quarter), at(quarter + 1))));
}

test('the demo coefficients predict the change of other runs, over a run and in every part of it', async () => {
  const { points, coefficients } = await fitTeaCache(sampling);
  const committed = polynomial(teaCacheSet('demo')?.coefficients ?? []);
  const predicted = points.inputChanges.map(committed);
  expect(predicted).toHaveLength(49);
  const overall = sum(predicted) / sum(points.outputChanges);
  expect(Math.abs(overall - 1)).toBeLessThan(TOLERANCE);
  const refitted = quarters(points.inputChanges.map(polynomial(coefficients)));
  quarters(predicted).forEach((change, i) => {
    expect(Math.abs(change / (refitted[i] ?? NaN) - 1)).toBeLessThan(TOLERANCE);
  });
});

test('the demo ratios are those of other runs, measured by how far they are from 1', async () => {
  const ratios = await fitMagCache(sampling);
  const committed = MAGNITUDE_RATIOS['demo'] ?? [];
  expect(ratios).toHaveLength(committed.length);
  const apart = ratios.map((ratio, i) => Math.abs(ratio - (committed[i] ?? NaN)));
  const growth = committed.map((ratio) => Math.abs(ratio - 1));
  expect(sum(apart) / sum(growth)).toBeLessThan(TOLERANCE);
  // Not even at one call.
  expect(Math.max(...apart)).toBeLessThan(0.01);
});
