import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { startBenchSidecar } from './bench-sidecar.js';
import { benchControl } from './control.js';
import { benchFeature, FEATURES } from './features.js';
import { describeMachine } from './machine.js';
import { startPythonEcho } from './python-echo.js';
import { renderMarkdown, type BenchReport, type Section } from './report.js';
import { benchWeightedSum } from './weighted-sum.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface BenchOptions {
  readonly rounds: number;
  readonly out: string;
  readonly python: string;
}

const program = new Command('bench')
  .description(
    'Transport and kernel benchmarks against memcpy and a Python grpcio echo in the same run',
  )
  .option(
    '--rounds <count>',
    'rounds of the large features; small ones take ten times as many',
    positive,
    40,
  )
  .option('--out <directory>', 'where the results go', join(ROOT, 'docs/results'))
  .option('--python <file>', 'Python with grpcio', join(ROOT, '.venv/bin/python'))
  .action((options: BenchOptions) => bench(options));
await program.parseAsync();

async function bench({ rounds, out, python }: BenchOptions): Promise<void> {
  const machine = describeMachine();
  const sidecar = await startBenchSidecar(FEATURES);
  const echo = await startPythonEcho(python, `unix:${join(sidecar.directory, 'echo.sock')}`);
  const models = [...FEATURES.keys()];
  const sections: Section[] = [
    await benchControl(sidecar, echo, { model: models[0] ?? '', rounds: 10 * rounds }),
  ];
  for (const model of models) {
    const isSmall = model.includes('KB');
    progress(model);
    sections.push(
      await benchFeature(sidecar, echo, { model, rounds: isSmall ? 10 * rounds : rounds }),
    );
  }
  await echo.close();
  await sidecar.close();
  progress('weighted sums');
  sections.push(...(await benchWeightedSum(rounds)));
  const versions = { 'grpc-js': versionOf('@grpc/grpc-js'), grpcio: echo.grpcio };
  const date = new Date().toISOString().slice(0, 10);
  write(out, { title: 'Transport and kernels', date, machine, versions, sections });
}

function write(out: string, report: BenchReport): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'transport.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(out, 'transport.md'), renderMarkdown(report));
  progress(`wrote ${join(out, 'transport.md')}`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('rounds must be an integer >= 1');
}
