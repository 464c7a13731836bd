import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { ForecastError } from '@forecache/core';
import { registerPlan } from '../commands/plan.js';
import { registerPolicies } from '../commands/policies.js';
import { listAllPolicies } from '../presets/all-policies.js';
import { Interrupted } from './interruption.js';
import { createOutput, type Output } from './output.js';
import { startProgress } from './progress.js';
import { runCommandLine } from './run-command-line.js';
import { textTable } from './text-table.js';

const POLICY_NAMES = listAllPolicies().map(({ name }) => name);

function optionsOf(policy: string): string[] {
  const found = listAllPolicies().find(({ name }) => name === policy);
  return found?.options.map(({ name }) => name) ?? [];
}

function recorder() {
  const printed: string[] = [];
  const noted: string[] = [];
  const output: Output = {
    print: (text) => printed.push(text),
    note: (text) => noted.push(text),
    warn: (text) => noted.push(`warning: ${text}`),
    progressStream: null,
  };
  return { output, printed, noted };
}

async function run(...args: string[]) {
  const { output, printed, noted } = recorder();
  const program = new Command('forecache').exitOverride().configureOutput({
    writeOut: (text) => output.print(text),
    writeErr: (text) => output.note(text.trimEnd()),
    outputError: (text, write) => write(text.replace(/\n\(/g, ' (')),
  });
  for (const register of [registerPlan, registerPolicies]) register(program, output);
  const code = await runCommandLine(program, args, output);
  return { code, out: printed.join('\n'), err: noted.join('\n') };
}

describe('forecache plan', () => {
  const plan = async (...args: string[]) => {
    const { out, err } = await run('plan', '--json', ...args);
    return JSON.parse(out === '' ? JSON.stringify({ err }) : out) as Record<string, unknown>;
  };

  it('gives the full calls of the authors’ schedule', async () => {
    const { fullCalls } = await plan(
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
    );
    expect(fullCalls).toEqual([0, 1, 6, 11, 16, 21, 26, 31, 36, 41, 46]);
  });

  it('takes peers’ spellings through --option', async () => {
    const own = await plan('--interval', '4', '--warmup', '2');
    expect(await plan('--option', 'fresh_threshold=4', '--option', 'first_enhance=2')).toEqual(own);
  });

  it('counts what interval 1 costs as full compute, and says so', async () => {
    const { speedup, forecastCalls, cacheBytes, warnings } = await plan('--interval', '1');
    expect({ speedup, forecastCalls, cacheBytes }).toMatchObject({
      speedup: 1,
      forecastCalls: [],
      cacheBytes: { module: 0 },
    });
    expect(warnings).toEqual(['nothing will be skipped: interval is 1']);
  });

  it('compares fewer steps with the steps that were asked for', async () => {
    const { steps, speedup } = await plan('--policy', 'fewer-steps', '--option', 'steps=10');
    expect([steps, speedup]).toEqual([10, 5]);
  });

  it('plans in timesteps too', async () => {
    expect(await plan('--position', 'timestep')).toMatchObject({ fullCalls: expect.any(Array) });
  });

  it.each([
    [['--interval', '0'], 'error: interval must be an integer >= 1, got "0"'],
    [
      ['--policy', 'fora', '--order', '2'],
      `error: option of fora must be one of ${optionsOf('fora').join(', ')}, got "order"`,
    ],
    [['--policy', 'magic'], `error: policy must be one of ${POLICY_NAMES.join(', ')}, got "magic"`],
    [['--steps', '1.5'], 'error: steps must be an integer >= 1, got "1.5"'],
    [
      ['--interval', '3', '--option', 'interval=4'],
      'error: interval must be given once, as a flag or as --option, got "3"',
    ],
  ])('rejects %j with one line and code 2', async (args, message) => {
    expect(await run('plan', ...args)).toEqual({ code: 2, out: '', err: message });
  });
});

describe('forecache policies', () => {
  it('lists every policy with its options', async () => {
    const { policies } = JSON.parse((await run('policies', '--json')).out) as {
      policies: { name: string }[];
    };
    expect(policies.map(({ name }) => name)).toEqual(POLICY_NAMES);
    expect((await run('policies')).out).toContain('interval (an integer >= 1; default 5)');
  });
});

describe('runCommandLine', () => {
  const failing = async (error: unknown) => {
    const { output, noted } = recorder();
    const program = new Command().exitOverride();
    program.command('go').action(() => {
      throw error;
    });
    return [await runCommandLine(program, ['go'], output), ...noted];
  };

  it('tells usage, failure and interruption apart', async () => {
    expect(await failing(new ForecastError('invalid-argument', 'bad'))).toEqual([2, 'error: bad']);
    expect(await failing(new ForecastError('unavailable', 'gone'))).toEqual([1, 'error: gone']);
    expect(await failing(new Error('broken'))).toEqual([1, 'error: broken']);
    expect(await failing('text')).toEqual([1, 'error: text']);
    expect(await failing(new Interrupted('SIGINT'))).toEqual([130, 'stopped by SIGINT']);
  });

  it('gives 0 for help', async () => expect((await run('--help')).code).toBe(0));
});

describe('createOutput', () => {
  function terminal(isTTY: boolean, env: Record<string, string>) {
    const stream = Object.assign(new PassThrough(), { isTTY });
    const output = createOutput({ stdout: stream, stderr: stream, env });
    output.warn('w');
    return { text: String(stream.read()), output };
  }

  it('colours on a terminal only, and never under NO_COLOR', () => {
    expect(terminal(true, {}).text).toBe('\u001b[33mwarning:\u001b[0m w\n');
    expect(terminal(true, { NO_COLOR: '1' }).text).toBe('warning: w\n');
    expect(terminal(false, {}).text).toBe('warning: w\n');
  });

  it('draws progress on a terminal only', () => {
    expect(terminal(false, {}).output.progressStream).toBeNull();
    expect(terminal(true, { TERM: 'dumb' }).output.progressStream).toBeNull();
    expect(terminal(true, {}).output.progressStream).not.toBeNull();
  });
});

describe('startProgress', () => {
  it('is one plain line without a terminal', () => {
    const { output, noted } = recorder();
    const progress = startProgress(output, 'fora', 2);
    progress.step();
    progress.end('0.1 s');
    progress.abandon();
    expect(noted).toEqual(['fora: 0.1 s']);
  });
});

describe('textTable', () => {
  it('aligns', () =>
    expect(
      textTable([
        ['a', 'b'],
        ['long', '1'],
      ]),
    ).toBe('a     b\nlong  1'));
  it('of nothing is nothing', () => expect(textTable([])).toBe(''));
});
