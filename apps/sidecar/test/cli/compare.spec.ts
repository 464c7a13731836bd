import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePng } from '@forecache/evaluation';
import { LINE_UP } from '../../src/compare/line-up.js';
import {
  childRunning,
  isAlive,
  run,
  runDirectory,
  start,
  temporaryDirectory,
  until,
} from './forecache-process.js';

jest.setTimeout(240_000);

const directory = temporaryDirectory();
afterAll(directory.remove);
const path = (name: string) => join(directory.path, name);

const few = ['--count', '2', '--steps', '6'];

interface RowJson {
  readonly key: string;
  readonly label: string;
  readonly policy: string;
  readonly calls: { readonly full: number; readonly forecast: number };
  readonly psnr: { readonly mean: number | string } | null;
  readonly samplesSha256: string;
  readonly timing: { readonly rounds: number; readonly mode: string } | null;
}

function rowsIn(file: string): readonly RowJson[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { rows: readonly RowJson[] }).rows;
}

async function compare(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('compare', ...args);
  if (code !== 0) throw new Error(`compare ended with ${code}: ${stderr}`);
  return stdout;
}

describe('forecache compare', () => {
  it('compares every policy, and writes what it was asked for', async () => {
    const stdout = await compare(
      ...few,
      ...['--json', path('all.json'), '--csv', path('all.csv'), '--html', path('all.html')],
      ...['--markdown', path('new/folder/all.md'), '--out', path('all.png')],
    );
    const rows = rowsIn(path('all.json'));
    const labels = ['full compute', ...LINE_UP.map(({ label }) => label)];
    expect(rows.map(({ label }) => label)).toEqual(labels);
    expect(rows.map(({ timing }) => timing)).toEqual(
      rows.map(() => expect.objectContaining({ rounds: 2, mode: 'plan' })),
    );
    expect(stdout).toMatch(/^row +policy +calls full \/ partial \/ forecast/);
    expect(stdout).toContain('No Fréchet distance: it needs at least 500 images (--count).');
    expect(readFileSync(path('all.csv'), 'utf8').split('\n')).toHaveLength(1 + labels.length + 1);
    expect(readFileSync(path('all.html'), 'utf8')).toContain('<h1>forecache compare</h1>');
    expect(readFileSync(path('new/folder/all.md'), 'utf8')).toContain('| full compute ');
    expect(decodePng(readFileSync(path('all.png'))).width).toBeGreaterThan(2 * 28);
  });

  it.each(['intercept', 'proxy'])('makes the same images in mode %s as by plan', async (mode) => {
    const policies = ['--policies', 'taylorseer(interval=2,order=1,warmup=2); fora', '--no-timing'];
    const rowsOf = async (wanted: string) => {
      const file = path(`${wanted}.json`);
      await compare(...few, ...policies, '--mode', wanted, '--json', file);
      return rowsIn(file);
    };
    expect(await rowsOf(mode)).toEqual(await rowsOf('plan'));
  });

  it('takes rows from a file', async () => {
    const entries = [{ label: 'mine', policy: 'fora(interval=2)@hidden' }];
    const lineup = path('lineup.json');
    writeFileSync(lineup, JSON.stringify({ entries }));
    await compare(...few, '--lineup', lineup, '--no-timing', '--json', path('mine.json'));
    expect(rowsIn(path('mine.json')).at(-1)).toMatchObject({
      label: 'mine',
      policy: 'fora(interval=2)',
      granularity: 'hidden',
      calls: { full: 4, forecast: 2 },
    });
  });

  it('goes on after an interruption, and leaves no process and no file', async () => {
    const [json, reference] = [path('stopped.json'), path('stopped.f32')];
    const args = ['--policies', 'fora(interval=2),fora(interval=3),fewer-steps(steps=40)'];
    const long = [...args, '--count', '1', '--steps', '150', '--no-timing', '--json', json];
    const running = start('compare', ...long, '--reference', reference);
    await until(() => existsSync(json));
    const sidecar = childRunning(running.child, 'serve') ?? NaN;
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.finished;
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain(`finished rows are in ${json}: go on with --resume ${json}\n`);
    expect(isAlive(sidecar)).toBe(false);
    expect(runDirectory(running.child)).toBeNull();

    const before = rowsIn(json);
    expect(before.length).toBeGreaterThanOrEqual(1);
    expect(before.length).toBeLessThan(4);
    const resumed = await run('compare', ...long, '--reference', reference, '--resume', json);
    expect(resumed.code).toBe(0);
    // Full compute's samples are kept, so that nothing of it is made again.
    expect(resumed.stderr).not.toContain('full compute:');
    const after = rowsIn(json);
    expect(after.slice(0, before.length)).toEqual(before);

    const whole = path('whole.json');
    await compare(...long.slice(0, -1), whole);
    expect(rowsIn(whole)).toEqual(after);
  });

  it.each([
    [['--policies', 'forra'], /^error: policies must be all or some of .*, got "forra"\n$/],
    [['--policies', ''], /^error: policies must be all, or at least one policy, got ""\n$/],
    [['--policies', 'fora(interval=0)'], /^error: interval must be an integer >= 1, got "0"\n$/],
    [
      ['--policies', 'fora(interval=3),fora(interval=3)'],
      /^error: the line-up has fora\(interval=3\) twice, as .*\n$/,
    ],
    [
      ['--policies', 'all', '--lineup', 'x'],
      /^error: policies and lineup both name the rows: give one of them\n$/,
    ],
    [['--count', '0'], /^error: count must be an integer >= 1, got "0"\n$/],
    [['--rounds', '0'], /^error: rounds must be an integer >= 1, got "0"\n$/],
    [['--timing-count', 'x'], /^error: timing-count must be an integer >= 1, got "x"\n$/],
    [['--mode', 'local'], /^error: mode must be "plan", "intercept" or "proxy", got "local"\n$/],
    [['--batch', '129'], /^error: batch must be <= 128, got 129\n$/],
    [['--class', 'hat'], /^error: class must be cycle, 0 to 9 or one of .*, got "hat"\n$/],
  ])('answers %j with one line and code 2', async (args, message) => {
    const { code, stdout, stderr } = await run('compare', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it.each(['--lineup', '--resume'])('says which file %s names in vain', async (flag) => {
    const { code, stderr } = await run('compare', flag, path('none.json'));
    expect([code, stderr]).toEqual([
      1,
      `error: ${flag.slice(2)} ${path('none.json')} cannot be read\n`,
    ]);
  });
});
