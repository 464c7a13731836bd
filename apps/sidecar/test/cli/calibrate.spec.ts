import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, run, temporaryDirectory } from './forecache-process.js';

jest.setTimeout(300_000);

const directory = temporaryDirectory();
const before = process.env['FORECACHE_PRESETS'];
const own = join(directory.path, 'presets');
const file = join(directory.path, 'calibration.json');

beforeAll(async () => {
  process.env['FORECACHE_PRESETS'] = own;
  const args = ['--count', '4', '--steps', '10', '--out', file];
  const { code, stdout } = await run('calibrate', ...args);
  expect([code, stdout]).toEqual([0, `${file}: 4 runs of 10 calls\n`]);
});

afterAll(() => {
  if (before === undefined) delete process.env['FORECACHE_PRESETS'];
  else process.env['FORECACHE_PRESETS'] = before;
  directory.remove();
});

describe('forecache optimize', () => {
  it('prints the whole front without making an image', async () => {
    const { code, stdout } = await run('optimize', file, '--front');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, -1)).toHaveLength(1 + 5);
    expect(stdout).toMatch(/^ +1 +\d+\.\d\d % +0$/m);
  });

  it('writes a preset that generate follows', async () => {
    const args = ['--full-calls', '4', '--attempts', '1', '--held-out', '2', '--name', 'mine'];
    const { code, stdout, stderr } = await run('optimize', file, ...args);
    expect(code).toBe(0);
    expect(stdout).toContain(`preset mine: ${join(own, 'mine.json')}`);
    expect(stderr).toMatch(/^4 full calls: 0(,\d+){3}; history \d, ridge /);
    const preset = JSON.parse(readFileSync(join(own, 'mine.json'), 'utf8'));
    expect(preset).toMatchObject({
      identity: {
        model: 'demo',
        sampler: 'euler',
        steps: 10,
        calls: 10,
        guidance: 2,
        size: '28x28',
      },
      provenance: { runs: 4, seeds: [100000, 100001, 100002, 100003], heldOutRuns: 2 },
    });
    const shared = ['--steps', '10', '--count', '2', '--mode', 'plan'];
    const made = await generate(directory.path, '--preset', 'mine', '--full-calls', '4', ...shared);
    expect(made.granularity).toBe('output');
    expect(made.fullCalls).toBe(4);
    const kinds = preset.variants[0].fullCalls.map((call: number) => made.calls[call]);
    expect(kinds).toEqual(['full', 'full', 'full', 'full']);
  });

  it('finds as few full calls as reach a quality, or says that it cannot', async () => {
    const shared = ['--attempts', '0', '--held-out', '2', '--name', 'least'];
    const easy = await run('optimize', file, '--target-psnr', '15', ...shared);
    expect(easy.code).toBe(0);
    const preset = JSON.parse(readFileSync(join(own, 'least.json'), 'utf8'));
    expect(preset.variants).toHaveLength(1);
    expect(preset.variants[0].psnr).toBeGreaterThanOrEqual(15);
    const hard = await run('optimize', file, '--target-psnr', '200', ...shared, '--name', 'hard');
    expect([hard.code, hard.stderr]).toEqual([
      1,
      'error: target-psnr 200 dB is not reached by 5 full calls, half of the run: ask for less\n',
    ]);
    expect(existsSync(join(own, 'hard.json'))).toBe(false);
  });

  it.each([
    [
      ['--full-calls', '11'],
      'full-calls must be integers between 1 and the run\'s 10 calls, got "11"',
    ],
    [
      ['--full-calls', '4', '--target-psnr', '40'],
      'full-calls and target-psnr both say how many full calls: give one of them',
    ],
    [
      ['--held-out-seed', '100002'],
      'held-out-seed must be such that no seed is one of the calibration, got 100002',
    ],
    [['--attempts', '-1'], 'attempts must be an integer >= 0, got "-1"'],
  ])('refuses %j', async (flags, message) => {
    const { code, stderr } = await run('optimize', file, ...flags);
    expect([code, stderr]).toEqual([2, `error: ${message}\n`]);
  });

  it('refuses files that are no calibration', async () => {
    const other = join(directory.path, 'other.json');
    writeFileSync(other, '{}');
    const { code, stderr } = await run('optimize', other);
    expect(code).toBe(2);
    expect(stderr).toContain('a file of format "forecache calibration", version 1');
    const cut = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(other, JSON.stringify({ ...cut, grams: [[1, 2]] }));
    expect((await run('optimize', other)).stderr).toContain(
      'grams[0].length must be n (n + 1) / 2 with n = 10 features (55), got 2',
    );
  });
});

test('calibrate takes at most one batch', async () => {
  const { code, stderr } = await run('calibrate', '--count', '129', '--out', file);
  expect([code, stderr]).toEqual([2, 'error: count must be <= 128, one batch, got 129\n']);
});
