import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testPreset, writePresets } from '../test-preset.js';
import { generate, run, temporaryDirectory } from './forecache-process.js';

jest.setTimeout(120_000);

const directory = temporaryDirectory();
const before = process.env['FORECACHE_PRESETS'];
const own = join(directory.path, 'presets');

beforeAll(() => {
  process.env['FORECACHE_PRESETS'] = own;
  writePresets(own, testPreset());
});

afterAll(() => {
  if (before === undefined) delete process.env['FORECACHE_PRESETS'];
  else process.env['FORECACHE_PRESETS'] = before;
  directory.remove();
});

const few = ['--count', '2', '--steps', '10', '--seed', '3'];

describe('forecache presets', () => {
  it('lists presets, and names files that are none', async () => {
    const { code, stdout, stderr } = await run('presets');
    expect([code, stderr]).toEqual([0, '']);
    const row = stdout.split('\n').find((line) => line.startsWith('ten '));
    expect(row).toMatch(/^ten +demo +euler +10 +output +2 to 4 +3\.2 % to 0\.89 %$/);
    const broken = join(own, 'broken.json');
    mkdirSync(own, { recursive: true });
    writeFileSync(broken, '[]');
    const again = await run('presets', '--json');
    writeFileSync(broken, JSON.stringify({}));
    expect(again.stderr).toBe(
      `warning: preset file ${broken}: preset must be an object, got a list of 0\n`,
    );
    expect(JSON.parse(again.stdout)).toMatchObject({
      presets: [{ name: 'demo-euler-50' }, { name: 'ten' }],
    });
  });

  it('prints one, from its name or file', async () => {
    const { stdout } = await run('presets', 'ten', '--json');
    expect(JSON.parse(stdout)).toEqual({
      format: 'forecache preset',
      version: 1,
      ...testPreset(),
    });
    const byFile = await run('presets', join(own, 'ten.json'), '--json');
    expect(byFile.stdout).toBe(stdout);
    expect((await run('presets', 'nine')).stderr).toMatch(/^error: preset must be one of .*ten/);
  });
});

describe('forecache plan --preset', () => {
  it('writes a plan file: one granularity, all weights', async () => {
    const args = ['--preset', 'ten', '--full-calls', '4', '--steps', '10', '--json'];
    const { code, stdout } = await run('plan', ...args);
    expect(code).toBe(0);
    const plan = JSON.parse(stdout) as { calls: unknown[]; cacheBytes: object };
    expect(plan).toMatchObject({
      policy: 'preset(ten, full_calls=4)',
      granularity: 'output',
      fullCalls: [0, 1, 4, 7],
      warnings: [],
    });
    expect(Object.keys(plan.cacheBytes)).toEqual(['output']);
    // Two behind 1 on the line through 1 and 0.
    expect(plan.calls[3]).toMatchObject({ call: 3, action: 'forecast', weights: [3, -2] });
  });

  it('says what a run has in other ways than what was measured', async () => {
    const args = ['--preset', 'ten', '--steps', '20', '--model', 'flux.1-dev', '--json'];
    expect(JSON.parse((await run('plan', ...args)).stdout)).toMatchObject({
      steps: 20,
      warnings: [
        'preset ten was measured on model demo, the run has flux.1-dev',
        expect.stringMatching(/^preset ten was measured with 10 calls, the run has 20: /),
      ],
    });
  });
});

describe('forecache generate --preset', () => {
  it('through a sidecar makes TaylorSeer’s images where its weights are TaylorSeer’s', async () => {
    const preset = await generate(directory.path, ...few, '--preset', 'ten', '--full-calls', '4');
    const schedule = ['--interval', '3', '--order', '1', '--warmup', '2'];
    const taylorseer = await generate(
      directory.path,
      ...[...few, '--policy', 'taylorseer', ...schedule, '--option', 'forecaster=newton'],
      ...['--granularity', 'output'],
    );
    expect(preset.images).toEqual(taylorseer.images);
    expect(preset).toMatchObject({
      policy: 'preset(ten, full_calls=4)',
      granularity: 'output',
      fullCalls: 4,
      forecastCalls: 6,
    });
  });
});

describe('forecache compare', () => {
  it('has rows of presets, and warns of their differences', async () => {
    const policies = 'preset(preset=ten, full_calls=4); fora(interval=3)';
    const { code, stdout, stderr } = await run(
      'compare',
      ...['--policies', policies, '--count', '1', '--steps', '12', '--no-timing'],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('preset(preset=ten, full_calls=4)');
    expect(stderr).toContain(
      'warning: preset(preset=ten, full_calls=4): preset ten was measured with 10 calls, the run has 12',
    );
  });
});
