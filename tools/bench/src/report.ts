import type { Timing } from './interleave.js';
import type { Machine } from './machine.js';

/** One table of a benchmark. */
export interface Section {
  readonly title: string;
  /** What the first row (the reference) is and what is timed, in one or two sentences. */
  readonly note: string;
  readonly timings: readonly Timing[];
}

/** A whole benchmark run. */
export interface BenchReport {
  readonly title: string;
  readonly date: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly sections: readonly Section[];
}

/** The report as Markdown; the first row of a table is the reference of its ratios. */
export function renderMarkdown(report: BenchReport): string {
  const { machine } = report;
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `# ${report.title}`,
    '',
    'Written by `tools/bench`; do not edit. Contenders take turns round by round; a ratio is the time of a row over',
    'the time of the first row in the same round (median, and the 10 % to 90 % spread over rounds).',
    '',
    `Measured ${report.date} on ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.os}, Node ${machine.node}` +
      ` (${versions.join(', ')}); load before the run ${machine.loadBefore}.`,
    '',
    ...report.sections.flatMap(renderSection),
  ].join('\n');
}

function renderSection(section: Section): string[] {
  return [
    `## ${section.title}`,
    '',
    section.note,
    '',
    '| what | min | median | 90 % | payload rate | ratio to the first row |',
    '|---|---|---|---|---|---|',
    ...section.timings.map(renderRow),
    '',
  ];
}

function renderRow(timing: Timing): string {
  const rate =
    timing.bytes > 0 ? `${(timing.bytes / timing.medianUs / 1000).toFixed(2)} GB/s` : '–';
  const { median, p10, p90 } = timing.ratio;
  const ratio = `${round(median)} (${round(p10)} – ${round(p90)})`;
  const cells = [timing.minUs, timing.medianUs, timing.p90Us].map(duration);
  return `| ${timing.name} | ${cells.join(' | ')} | ${rate} | ${ratio} |`;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function duration(us: number): string {
  return us >= 1000 ? `${(us / 1000).toFixed(2)} ms` : `${us.toFixed(us >= 100 ? 0 : 1)} µs`;
}
