import type { Timing } from './interleave.js';
import { describeMachine, type Machine } from './machine.js';

/** One table of a benchmark. */
export interface Section {
  readonly title: string;
  /** What the first row (the reference) is and what is timed, in one or two sentences. */
  readonly note: string;
  readonly timings: readonly Timing[];
}

/** When and on what something was measured. */
export interface Measured {
  /** ISO, without the time. */
  readonly date: string;
  readonly machine: Machine;
}

/** A whole benchmark run. */
export interface BenchReport extends Measured {
  readonly title: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly sections: readonly Section[];
}

/** This moment on this machine. */
export function measuredNow(): Measured {
  return { date: new Date().toISOString().slice(0, 10), machine: describeMachine() };
}

/** The sentence that names the machine. */
export function measuredOn({ date, machine }: Measured, details = ''): string {
  return (
    `Measured ${date} on ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.os}, Node ${machine.node}` +
    `${details}; load before the run ${machine.loadBefore}.`
  );
}

/** The report as Markdown; the first row of a table is the reference of its ratios. */
export function renderMarkdown(report: BenchReport): string {
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `# ${report.title}`,
    '',
    'Written by `tools/bench`; do not edit. Contenders take turns round by round; a ratio is the time of a row over',
    'the time of the first row in the same round (median, and the 10 % to 90 % spread over rounds).',
    '',
    measuredOn(report, ` (${versions.join(', ')})`),
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

/** Microseconds, or milliseconds from a thousand on. */
export function duration(us: number): string {
  if (us >= 1000) return `${(us / 1000).toFixed(2)} ms`;
  if (us >= 1) return `${us.toFixed(us >= 100 ? 0 : 1)} µs`;
  return `${us.toFixed(2)} µs`;
}
