#!/usr/bin/env node
/**
 * The whole check of the repository: `npm run check`. Runs every step even when an earlier one failed, and
 * ends with one line `N passed, N failed`. A step without tests of its own (lint, types) counts as one.
 * `npm run check -- lint types` runs only the named steps.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const work = join(root, '.work', 'check');
const venv = join(root, '.venv');
const python = join(venv, 'bin', 'python');
const pythonProjects = [
  'tools/demo-model',
  'tools/bench/python',
  'packages/python',
  'packages/comfyui-node',
  'apps/model-host',
];
const environment = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
  FORCE_COLOR: '0',
  HF_HUB_OFFLINE: '1',
};

const steps = [
  { name: 'python-setup', run: pythonSetup },
  { name: 'build', run: () => command('npx', ['nx', 'run-many', '-t', 'build']) },
  {
    name: 'format',
    run: () => command('npx', ['prettier', '--check', '--log-level', 'warn', '.']),
  },
  { name: 'lint', run: () => command('npx', ['nx', 'run-many', '-t', 'lint', 'lint-python']) },
  { name: 'boundaries', run: boundaries },
  { name: 'types', run: () => command('npx', ['nx', 'run-many', '-t', 'typecheck']) },
  { name: 'protos', run: () => command('npx', ['buf', 'lint', 'protos']) },
  {
    name: 'proto-breaking',
    run: () => command('npx', ['buf', 'breaking', 'protos', '--against', 'protos/baseline.binpb']),
  },
  { name: 'generated', run: () => command('npx', ['nx', 'run', '@forecache/adapters:gen:check']) },
  { name: 'options-page', run: () => command('node', ['tools/checks/options-doc.mjs', '--check']) },
  {
    name: 'readme-table',
    run: () => command('node', ['tools/checks/readme-table.mjs', '--check']),
  },
  { name: 'jest', run: jest },
  { name: 'pytest', run: pytest },
];

main();

function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    const names = steps.map((step) => step.name).join(', ');
    console.error(`unknown step ${unknown.join(', ')}; steps are ${names}`);
    process.exit(2);
  }
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const rows = steps
    .filter((step) => wanted.length === 0 || wanted.includes(step.name))
    .map(runStep);
  console.log('');
  for (const row of rows) {
    const seconds = row.seconds.toFixed(1).padStart(6);
    console.log(`${row.name.padEnd(15)} ${seconds} s  ${row.passed} passed, ${row.failed} failed`);
  }
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

function runStep({ name, run }) {
  console.log(`\n=== ${name}`);
  const started = process.hrtime.bigint();
  const counts = run();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { name, seconds, ...counts };
}

function command(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    ...options,
  });
  if (error) console.error(String(error));
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function jest() {
  const report = join(work, 'jest.json');
  const exit = command(
    'npx',
    ['jest', '--ci', '--maxWorkers=2', '--json', `--outputFile=${report}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const failed = numFailedTests + numRuntimeErrorTestSuites + numPendingTests;
  return { passed: numPassedTests, failed: failed === 0 && exit.failed > 0 ? 1 : failed };
}

function boundaries() {
  const result = spawnSync(
    'node',
    ['--test', '--test-reporter=tap', 'tools/checks/boundaries.test.mjs'],
    {
      cwd: root,
      env: environment,
      encoding: 'utf8',
    },
  );
  const count = (word) =>
    Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(result.stdout)?.[1] ?? 0);
  if (result.status !== 0) console.error(result.stdout, result.stderr);
  const failed = count('fail');
  return { passed: count('pass'), failed: failed === 0 && result.status !== 0 ? 1 : failed };
}

function pythonSetup() {
  if (!existsSync(python)) {
    const created = command('python3', ['-m', 'venv', venv]);
    if (created.failed > 0) return created;
  }
  const locks = pythonProjects
    .map((project) => join(project, 'requirements.lock'))
    .filter((lock) => existsSync(join(root, lock)))
    .flatMap((lock) => ['-r', lock]);
  return command(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--disable-pip-version-check',
    ...locks,
  ]);
}

function pytest() {
  const rows = pythonProjects.map((project) => {
    const report = join(work, `${project.replaceAll('/', '-')}.xml`);
    const exit = command(python, ['-m', 'pytest', '-q', `--junitxml=${report}`], {
      cwd: join(root, project),
    });
    if (!existsSync(report)) return { passed: 0, failed: 1 };
    const suite = /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
    const attribute = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = attribute('failures') + attribute('errors') + attribute('skipped');
    return {
      passed: attribute('tests') - failed,
      failed: failed === 0 && exit.failed > 0 ? 1 : failed,
    };
  });
  return rows.reduce((sum, row) => ({
    passed: sum.passed + row.passed,
    failed: sum.failed + row.failed,
  }));
}
