import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRunPlan, createTaylorSeerPolicy } from '@forecache/cache-policy';
import { networkShape } from '../../src/network-shape.js';
import { lineVariant, testPreset, writePresets } from '../test-preset.js';
import { expectSame, request, startFixture, type Fixture } from './fixture.js';
import { walkIntercept, walkPlan } from './walkers.js';

let directory: string;
let fixture: Fixture;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'forecache-test-'));
  const own = join(directory, 'presets');
  const hidden = { name: 'hidden', granularity: 'hidden' } as const;
  const large = { name: 'unmeasured', variants: [lineVariant([0, 5], 10, null)] };
  writePresets(own, testPreset(), testPreset(hidden), testPreset(large));
  writePresets(directory, testPreset({ name: 'secret' }));
  fixture = await startFixture({ presetDirectories: [own] });
});

afterEach(async () => {
  await fixture.close();
  rmSync(directory, { recursive: true });
});

const open = (options: Readonly<Record<string, string>>, over = {}) =>
  fixture.client.openRun(request({ mode: 'plan', policy: { name: 'preset', options }, ...over }));

test('a preset by name is a static plan: here that of TaylorSeer with the same schedule', async () => {
  const run = await open({ preset: 'ten', full_calls: '4' });
  const policy = createTaylorSeerPolicy({ interval: 3, order: 1, warmup: 2, forecaster: 'newton' });
  const { calls } = compileRunPlan({ policy, run: { steps: 10, calls: 10 } });
  expect(run.plan?.calls).toEqual(calls);
  expect(run.policy).toBe('preset(ten, full_calls=4)');
  expect(run.setup).toMatchObject({ granularity: 'output', historySize: 2 });
  expect(run.warnings).toEqual([]);
  expect(await run.close('ok')).toMatchObject({ policy: 'preset(ten, full_calls=4)' });
});

test('a preset and taylorseer make the same images, and modes do', async () => {
  const options = { interval: '3', order: '1', warmup: '2', forecaster: 'newton' };
  const taylorseer = { name: 'taylorseer', options };
  const preset = { name: 'preset', options: { preset: 'ten', target_psnr: '40' } };
  const model = await fixture.host.describe();
  const images = async (policy: typeof taylorseer | typeof preset) => {
    const base = request({ mode: 'plan', policy, granularity: 'output' });
    const network = networkShape(model);
    const run = await fixture.client.openRun({ ...base, run: { ...base.run, network } });
    return (await walkPlan(run, fixture.host, { calls: 10 })).images;
  };
  const own = await images(preset);
  expectSame(own, await images(taylorseer), 0);
  const run = await fixture.client.openRun(request({ policy: preset }));
  expectSame((await walkIntercept(run, model, { calls: 10 })).images, own, 1e-5);
});

test('without a wish, the fewest full calls with 40 dB', async () => {
  expect((await open({ preset: 'ten' })).policy).toBe('preset(ten, full_calls=4)');
});

test('the granularity is the preset’s, and no other', async () => {
  expect((await open({ preset: 'hidden' })).setup.granularity).toBe('hidden');
  await expect(open({ preset: 'hidden' }, { granularity: 'output' })).rejects.toThrow(
    'granularity must be hidden, where preset hidden was measured, got "output"',
  );
});

test('a run of other length or timesteps gets a stretched plan and is told', async () => {
  const run = await open({ preset: 'ten', full_calls: '4' }, { calls: 28 });
  // 9 intervals become 27.
  const full = run.plan?.calls.filter(({ action }) => action.kind === 'full');
  expect(full?.map(({ callIndex }) => callIndex)).toEqual([0, 3, 12, 21]);
  expect(run.warnings).toEqual([
    'preset ten was measured with 10 calls, the run has 28: schedule and weights are stretched, ' +
      'the error was measured at 10',
  ]);
  const timesteps = Array.from({ length: 10 }, (_, call) => (1 - call / 10) ** 2);
  const other = { steps: 10, calls: 10, timesteps, sigmas: [], network: null };
  expect((await open({ preset: 'ten' }, { run: other })).warnings).toEqual([
    'preset ten was measured with other timesteps: they differ by up to 20 % of their range',
  ]);
});

test.each([
  [{ preset: 'ten', full_calls: '3' }, 'full_calls must be one of 2, 4, got 3'],
  [{ preset: 'eleven' }, 'preset must be one of hidden, ten, unmeasured, got "eleven"'],
  [
    { preset: 'unmeasured', max_error: '1%' },
    'max_error must be an error in per cent that preset unmeasured has by full calls (none measured), got 1',
  ],
  [{ preset: '../secret' }, /^preset must be 1 to 100 letters, .*, got "..\/secret"$/],
  [{ preset: './ten.json' }, /^preset must be 1 to 100 letters, .*, got ".\/ten.json"$/],
  [{ preset: '/etc/passwd' }, /^preset must be 1 to 100 letters, .*, got "\/etc\/passwd"$/],
  [{}, 'preset must be the name of a preset, got undefined'],
])('refuses %j', async (options, message) => {
  await expect(open({ ...options } as Record<string, string>)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

test('policies are listed with preset, by name', async () => {
  const names = (await fixture.client.listPolicies()).map(({ name }) => name);
  expect(names).toContain('preset');
  expect(names).toEqual([...names].sort());
});
