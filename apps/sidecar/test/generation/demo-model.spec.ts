/** @jest-environment ../../packages/adapters/jest-environment.cjs */
import { createOnnxModelHost, type ModelHost } from '@forecache/adapters';
import { demoModelDirectory, loadManifest, type ModelManifest } from '@forecache/demo-model';
import type { Output } from '../../src/command-line/output.js';
import { compileJob, type JobFlags } from '../../src/generation/compile-job.js';
import { generateImages, type Generated } from '../../src/generation/generate-images.js';
import { GRANULARITIES, type PolicyChoice } from '../../src/generation/generation-job.js';
import { openWorkshop, type Workshop } from '../../src/generation/workshop.js';
import { startFixture, type Fixture } from '../service/fixture.js';

jest.setTimeout(120_000);

const MODES = ['plan', 'intercept', 'proxy'] as const;
const FULL: PolicyChoice = { name: 'full', options: {} };
const { signal } = new AbortController();
const warnings: string[] = [];
const quiet: Output = {
  print: () => undefined,
  note: () => undefined,
  warn: (text) => void warnings.push(text),
  progressStream: null,
};

let host: ModelHost;
let fixture: Fixture;
let workshop: Workshop;
let manifest: ModelManifest;
let reference: Generated;

beforeAll(async () => {
  manifest = await loadManifest();
  host = await createOnnxModelHost({ directory: demoModelDirectory() });
  fixture = await startFixture({ hosts: [{ host, address: 'embedded', sharesFiles: true }] });
  const job = { mode: 'plan' } as const;
  workshop = await openWorkshop({ job, output: quiet, sidecar: fixture.address }, signal);
  reference = await make(FULL, { mode: 'local' });
});

afterAll(async () => {
  await workshop.close();
  await fixture.close();
  await host.close();
});

/** Two images of the demo model in twelve steps. */
function make(policy: PolicyChoice, flags: Partial<JobFlags>): Promise<Generated> {
  const every = { count: '2', seed: '7', class: 'cycle', steps: '12', batch: '2' };
  const given = { ...every, mode: 'plan', transfer: 'shared', ...flags };
  const job = compileJob(given, policy, manifest);
  const opener = workshop.opener(job);
  return generateImages(job, { opener, format: manifest.image, signal });
}

function expectSameBits(one: Generated, other: Generated): void {
  expect(Buffer.compare(bytesOf(one), bytesOf(other))).toBe(0);
}

function bytesOf({ samples }: Generated): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

describe.each(GRANULARITIES)('at granularity %s', (granularity) => {
  test.each(MODES)('interval 1 in mode %s is the model alone, bit for bit', async (mode) => {
    const policy = { name: 'taylorseer', options: { interval: '1' } };
    expectSameBits(await make(policy, { mode, granularity }), reference);
  });

  test('forecasts are the same in every mode, bit for bit', async () => {
    const options = { interval: '3', order: '2', warmup: '2' };
    const policy = { name: 'taylorseer', options };
    const plan = await make(policy, { mode: 'plan', granularity });
    expect(plan.actions).toContain('forecast');
    for (const mode of ['intercept', 'proxy']) {
      const other = await make(policy, { mode, granularity });
      expect(other.actions).toEqual(plan.actions);
      expectSameBits(other, plan);
    }
    const inline = await make(policy, { mode: 'intercept', transfer: 'inline', granularity });
    expectSameBits(inline, plan);
  });
});

describe.each([
  ['toca', { interval: '3', ratio: '0.2' }, 'module', 'partial'],
  ['duca', { interval: '5', ratio: '0.2' }, 'module', 'reuse'],
  ['delta-dit', { interval: '3' }, 'residual', 'partial'],
  ['teacache', { coefficients: '0,0,0,1,0', threshold: '0.3' }, 'residual', 'reuse'],
  ['adacache', { codebook: '1:3' }, 'residual', 'reuse'],
  ['magcache', { threshold: '0.5' }, 'residual', 'reuse'],
  ['easycache', { threshold: '0.5', warmup: '2' }, 'change', 'reuse'],
  ['first-block-cache', { threshold: '0.5' }, 'residual', 'reuse'],
  ['hicache', { interval: '3' }, 'module', 'forecast'],
  ['foca', { interval: '3' }, 'module', 'forecast'],
  ['spectrum', { interval: '3' }, 'hidden', 'forecast'],
  ['dmd', { interval: '2', snapshots: '4' }, 'output', 'forecast'],
] as const)('%s %j', (...row) => {
  const [name, options, granularity, kind] = row;
  test('makes the same images at its own granularity in every mode', async () => {
    const plan = await make({ name, options }, { mode: 'plan' });
    expect(plan.actions).toEqual(expect.arrayContaining(['full', kind]));
    expect(plan.setup.granularity).toBe(granularity);
    for (const mode of ['intercept', 'proxy']) {
      const other = await make({ name, options }, { mode });
      expect(other.runs).toEqual(plan.runs);
      expect(other.setup).toEqual(plan.setup);
      expectSameBits(other, plan);
      const [counted] = other.statistics;
      expect(counted?.fullCalls).toBe(plan.statistics[0]?.fullCalls);
      expect(counted?.partial).toBe(plan.statistics[0]?.partial);
    }
  });
});

test.each([
  ['teacache', { coefficients: '0,0,0,1,0', threshold: '0' }],
  ['easycache', { threshold: '0' }],
  ['first-block-cache', { threshold: '0' }],
  ['adacache', { codebook: '1:1' }],
])('%s that is off is the model alone, bit for bit, whoever measures', async (name, options) => {
  for (const mode of MODES) expectSameBits(await make({ name, options }, { mode }), reference);
});

test('toca that computes every token is full compute, to 1e-4', async () => {
  const options = { schedule: 'uniform', interval: '3', ratio: '1' };
  for (const mode of MODES) {
    const { samples, actions } = await make({ name: 'toca', options }, { mode });
    expect(actions).toContain('partial');
    const worst = samples.reduce((most, value, i) => {
      return Math.max(most, Math.abs(value - (reference.samples[i] ?? NaN)));
    }, 0);
    expect(worst).toBeLessThan(1e-4);
  }
});

test('nothing of all these runs is left, and nobody was warned of a lost sidecar', async () => {
  expect(await fixture.client.statistics()).toMatchObject({ runsOpen: 0, bytesHeld: 0 });
  expect(fixture.sharedFiles()).toEqual([]);
  expect(warnings.filter((text) => text.includes('sidecar'))).toEqual([]);
});
