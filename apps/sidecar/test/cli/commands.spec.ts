import { run } from './forecache-process.js';

jest.setTimeout(60_000);

describe('the command line', () => {
  it('prints JSON and nothing else to standard output', async () => {
    const { code, stdout, stderr } = await run(
      'weights',
      '--full',
      '0,1,2,5,8',
      '--at',
      '9',
      '--order',
      '2',
      '--warmup',
      '3',
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    const { weights } = JSON.parse(stdout) as { weights: number[] };
    // x = 1 after gaps of 3: 1 + 1/3 + 1/18, -1/3 - 2/18, 1/18
    [25 / 18, -8 / 18, 1 / 18].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 12));
  });

  it('plans without running anything', async () => {
    const { code, stdout } = await run(
      'plan',
      '--model',
      'demo',
      '--steps',
      '50',
      '--policy',
      'taylorseer',
      '--interval',
      '5',
      '--order',
      '3',
      '--warmup',
      '2',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'demo',
      steps: 50,
      fullCalls: [0, 1, 6, 11, 16, 21, 26, 31, 36, 41, 46],
    });
  });

  it.each([
    [['plan', '--interval', '0'], 'error: interval must be an integer >= 1, got "0"\n'],
    [
      ['plan', '--intervall', '5'],
      "error: unknown option '--intervall' (Did you mean --interval?)\n",
    ],
    [['genrate'], "error: unknown command 'genrate' (Did you mean generate?)\n"],
    [
      ['generate', '--policy', 'fora', '--order', '2', '--out', 'x'],
      expect.stringMatching(/^error: option of fora must be one of interval, .*, got "order"\n$/),
    ],
    [['generate'], "error: required option '--out <directory>' not specified\n"],
    [['quickstart', '--count', 'many'], 'error: count must be an integer >= 1, got "many"\n'],
  ])('answers %j with one line and code 2', async (args, stderr) => {
    expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each(['quickstart', 'compare', 'generate', 'plan', 'policies', 'weights'])(
    'explains %s with examples',
    async (command) => {
      const { code, stdout } = await run(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain(`$ forecache ${command}`);
    },
  );

  it('knows its version', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
