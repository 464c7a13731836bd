import { listPolicies } from '@forecache/cache-policy';
import { Command } from 'commander';
import { addPolicyFlags, policyOptionsOf } from './policy-flags.js';

function parse(...args: string[]) {
  const command = addPolicyFlags(new Command().option('--steps <steps>').exitOverride());
  return policyOptionsOf(command.parse(args, { from: 'user' }).opts());
}

const help = () =>
  addPolicyFlags(new Command()).configureHelp({ helpWidth: Infinity }).helpInformation();

test('the help names every policy', () => {
  const names = listPolicies().map(({ name }) => name);
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
