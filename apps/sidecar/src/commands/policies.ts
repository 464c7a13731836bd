import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import { listAllPolicies } from '../presets/all-policies.js';

const HELP = `
Examples:
  $ forecache policies
  $ forecache policies --json`;

/** `forecache policies`: what `--policy` accepts. */
export function registerPolicies(program: Command, output: Output): void {
  program
    .command('policies')
    .summary('list the policies and their options')
    .description(
      'Lists the policies that plan, generate and the sidecar accept, with their options.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((flags: { readonly json?: true }) => {
      output.print(
        flags.json ? JSON.stringify({ policies: listAllPolicies() }) : describePolicies(),
      );
    });
}

function describePolicies(): string {
  const paragraphs = listAllPolicies().map(({ name, summary, options }) => {
    const lines = options.map((option) => {
      const value = option.defaultValue === '' ? 'required' : `default ${option.defaultValue}`;
      const aliases = option.aliases.length === 0 ? '' : ` Also: ${option.aliases.join(', ')}.`;
      return `  ${option.name} (${option.rule}; ${value})\n      ${option.summary}${aliases}`;
    });
    return [`${name}: ${summary}`, ...lines].join('\n');
  });
  return paragraphs.join('\n\n');
}
