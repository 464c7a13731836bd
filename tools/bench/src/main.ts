import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { startBenchSidecar } from './bench-sidecar.js';
import { benchControl } from './control.js';
import { overLimit, renderDecisions, type DecisionReport } from './decisions-report.js';
import { benchDecisions, DECISION_LIMIT_US } from './decisions.js';
import { benchFeature, FEATURES } from './features.js';
import { FLUX_RUN } from './flux-run.js';
import { startPythonEcho } from './python-echo.js';
import { measuredNow, renderMarkdown, type BenchReport, type Section } from './report.js';
import { benchWeightedSum } from './weighted-sum.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface BenchOptions {
  readonly rounds: number;
  readonly out: string;
  readonly python: string;
}

const program = new Command('bench')
  .enablePositionalOptions()
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
program
  .command('decisions')
  .description("What every policy's decisions cost in a run of FLUX's size")
  .option('--rounds <count>', 'runs of each policy that are timed', positive, 200)
  .option('--out <directory>', 'where the results go', join(ROOT, 'docs/results'))
  .action((options: Omit<BenchOptions, 'python'>) => decisions(options));
await program.parseAsync();

function decisions({ rounds, out }: Omit<BenchOptions, 'python'>): void {
  const measured = measuredNow();
  const policies = benchDecisions(FLUX_RUN, { timed: rounds, warmup: Math.ceil(rounds / 4) });
  const report: DecisionReport = { ...measured, rounds, limitUs: DECISION_LIMIT_US, policies };
  for (const { policy, decision } of overLimit(policies)) {
    progress(`${policy}: ${decision.worstUs.toFixed(1)} µs, over ${DECISION_LIMIT_US} µs`);
    process.exitCode = 1;
  }
  write(out, 'decisions', { report, markdown: renderDecisions(report) });
}

async function bench({ rounds, out, python }: BenchOptions): Promise<void> {
  const measured = measuredNow();
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
  const report: BenchReport = { ...measured, title: 'Transport and kernels', versions, sections };
  write(out, 'transport', { report, markdown: renderMarkdown(report) });
}

interface Results {
  readonly report: BenchReport | DecisionReport;
  readonly markdown: string;
}

function write(out: string, name: string, { report, markdown }: Results): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(out, `${name}.md`), markdown);
  progress(`wrote ${join(out, `${name}.md`)}`);
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
