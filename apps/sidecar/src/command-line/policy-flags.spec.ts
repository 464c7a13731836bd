import { Command } from 'commander';
import { listAllPolicies } from '../presets/all-policies.js';
import { addPolicyFlags, policyOf, policyOptionsOf } from './policy-flags.js';

function parse(...args: string[]) {
  const command = addPolicyFlags(new Command().option('--steps <steps>').exitOverride());
  return policyOptionsOf(command.parse(args, { from: 'user' }).opts());
}

const help = () =>
  addPolicyFlags(new Command()).configureHelp({ helpWidth: Infinity }).helpInformation();

test('the help names every policy', () => {
  const names = listAllPolicies().map(({ name }) => name);
  expect(help()).toContain(`what decides the calls: ${names.join(', ')} (default: taylorseer)`);
});

test('an option that policies mean differently says whose is which', () => {
  const variant = help()
    .split('\n')
    .find((line) => line.includes('--variant'));
  expect(variant).toMatch(/foca: Where the corrector starts.* magcache: Whose settings for FLUX/);
});

test('a flag sets the option of its name, a peer’s spelling goes through --option', () => {
  expect(parse('--threshold', '0.1', '--option', 'rel_l1_thresh=0.2')).toEqual({
    threshold: '0.1',
    rel_l1_thresh: '0.2',
  });
});

test('a flag of the command itself is never taken for a policy’s option', () => {
  expect(parse('--steps', '9')).toEqual({});
  expect(parse('--steps', '9', '--option', 'steps=5')).toEqual({ steps: '5' });
});

describe('policyOf', () => {
  const asked = (...args: string[]) => {
    const command = addPolicyFlags(new Command().exitOverride());
    return policyOf(command.parse(args, { from: 'user' }).opts());
  };

  test('--preset and what chooses its variant ask for policy preset', () => {
    expect(asked('--preset', 'demo', '--full-calls', '12')).toEqual({
      name: 'preset',
      options: { preset: 'demo', full_calls: '12' },
    });
    expect(asked('--policy', 'preset', '--preset', './p.json', '--max-error', '1%')).toEqual({
      name: 'preset',
      options: { preset: './p.json', max_error: '1%' },
    });
    expect(asked('--preset', 'demo', '--target-psnr', '40').options).toEqual({
      preset: 'demo',
      target_psnr: '40',
    });
  });

  test('--max-error beside auto is its budget', () => {
    expect(asked('--policy', 'auto', '--max-error', '1%')).toEqual({
      name: 'auto',
      options: { max_error: '1%' },
    });
  });

  test('without any, the default policy', () => {
    expect(asked('--interval', '4')).toEqual({ name: 'taylorseer', options: { interval: '4' } });
  });

  test.each([
    [
      ['--preset', 'demo', '--policy', 'fora'],
      'policy must be preset, or left out, beside --preset, got "fora"',
    ],
    [
      ['--full-calls', '9', '--policy', 'fora'],
      'policy must be preset, or left out, beside --full-calls, got "fora"',
    ],
    [
      ['--preset', 'demo', '--full-calls', '9', '--option', 'full_calls=9'],
      'full_calls must be given once, as a flag or as --option, got "9"',
    ],
  ])('%j is refused', (args, message) => {
    expect(() => asked(...args)).toThrow(message);
  });
});
