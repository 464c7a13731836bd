/** @jest-environment ../../packages/adapters/jest-environment.cjs */
import { runInProcess, runJson } from '../../test/run-in-process.js';

jest.setTimeout(120_000);

/** Eight calls of one image: enough for five coefficients. */
const FEW = ['--count', '1', '--steps', '8', '--seed', '3'];

describe('forecache fit', () => {
  it.each([
    ['teacache', 'coefficients', 5],
    ['magcache', 'ratios', 8],
  ])('%s prints its %s, what they were learned from and nothing else as JSON', async (...row) => {
    const [policy, option, count] = row;
    const fit = await runJson<{ values: number[]; rSquared: number | null }>('fit', policy, ...FEW);
    expect(fit).toEqual({
      ...{ policy, option, images: 1, steps: 8, guidance: 2, seed: 3 },
      values: expect.any(Array),
      rSquared: policy === 'magcache' ? null : expect.any(Number),
    });
    expect(fit.values).toHaveLength(count);
    expect(fit.values.every(Number.isFinite)).toBe(true);
    // As many digits as the published tables have.
    expect(fit.values.map((value) => Number(value.toPrecision(9)))).toEqual(fit.values);
  });

  it.each(['teacache', 'magcache'])('%s prints flags that plan takes', async (policy) => {
    const { out } = await runInProcess('fit', policy, ...FEW);
    const { values } = await runJson<{ values: number[] }>('fit', policy, ...FEW);
    const [about, flags = ''] = out.split('\n');
    expect(about).toMatch(new RegExp(`^${policy} from 1 images, 8 steps, guidance 2, seed 3`));
    expect(flags).toMatch(/^--policy \S+ --option \S+$/);
    expect(flags.split('=')[1]?.split(',').map(Number)).toEqual(values);
    const plan = ['plan', '--model', 'demo', '--steps', '8', ...flags.split(' ')];
    expect((await runInProcess(...plan, '--threshold', '0.3')).code).toBe(0);
  });

  it('learns from its seed and nothing else', async () => {
    const ratios = (...args: string[]) => runJson('fit', 'magcache', ...FEW, ...args);
    expect(await ratios()).toEqual(await ratios());
    expect(await ratios()).not.toEqual(await ratios('--seed', '4'));
  });

  it.each([
    [['fora'], 'error: policy must be "teacache" or "magcache", got "fora"'],
    [[], "error: missing required argument 'policy'"],
    [['magcache', '--count', '0'], 'error: count must be an integer >= 1, got "0"'],
    [['magcache', '--batch', '129'], 'error: batch must be <= 128, got 129'],
    [['magcache', '--guidance', 'x'], 'error: guidance must be a finite number, got "x"'],
    [
      ['teacache', '--count', '1', '--steps', '5'],
      'error: steps must be an integer >= 6 to fit to (runs: 1), got 5',
    ],
  ])('rejects %j with one line and code 2', async (args, err) => {
    expect(await runInProcess('fit', ...args)).toEqual({ code: 2, out: '', err });
  });

  it('stops at Ctrl-C, prints no numbers and listens no more', async () => {
    const before = process.listenerCount('SIGINT');
    const running = runInProcess('fit', 'magcache', '--count', '64');
    await until(() => process.listenerCount('SIGINT') > before);
    process.emit('SIGINT', 'SIGINT');
    expect(await running).toEqual({ code: 130, out: '', err: 'stopped by SIGINT' });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}
