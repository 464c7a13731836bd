#!/usr/bin/env node
/**
 * Writes docs/options.md from the program itself: every command with its flags, every policy with its options,
 * defaults and rules. `--check` fails instead when the page is stale. Needs a build.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const page = join(root, 'docs', 'options.md');

const text = render();
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/options.md is stale: run `npm run docs:options` and commit it');
    process.exit(1);
  }
} else {
  writeFileSync(page, text);
}

function render() {
  const { policies } = JSON.parse(forecache('policies', '--json'));
  return [
    '# Options',
    '',
    'Written by `npm run docs:options` from the program itself; do not edit.',
    '',
    '## Policies',
    '',
    ...policies.flatMap(policySection),
    '## Commands',
    '',
    ...commandNames().flatMap((name) => [
      `### forecache ${name}`,
      '',
      '```text',
      forecache(name, '--help').trimEnd(),
      '```',
      '',
    ]),
  ].join('\n');
}

/** The commands in the order of `forecache --help`. */
function commandNames() {
  const [, list = ''] = forecache('--help').split('\nCommands:\n');
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name);
  if (!names.includes('help')) throw new Error('forecache --help lists no commands');
  return names.filter((name) => name !== 'help');
}

function policySection({ name, summary, options }) {
  const rows = options.map(({ name: option, aliases, defaultValue, rule, summary: meaning }) => {
    const names = [option, ...aliases].map((spelling) => `\`${spelling}\``).join(', ');
    return `| ${names} | ${defaultValue || 'required'} | ${rule} | ${meaning} |`;
  });
  const table = [
    '| option, also spelt | default | rule | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
  return [`### ${name}`, '', summary, '', ...(rows.length > 0 ? table : [])];
}

function forecache(...args) {
  return execFileSync('node', [join(root, 'apps/sidecar/dist/main.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '100', NO_COLOR: '1' },
  });
}
