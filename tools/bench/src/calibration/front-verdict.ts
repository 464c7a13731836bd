import { marginOf } from './front-choose.js';
import type { FrontRecord } from './front-record.js';
import type { FrontLine } from './front-tables.js';

/** What the front was expected to keep ahead of every rival, in dB. */
export const WANTED_MARGIN_DB = 8;

/** What the table says, in sentences: where the wanted margin is reached and where not. */
export function verdictOf(lines: readonly FrontLine[]): string {
  const margins = lines.flatMap(({ fullCalls, rows }) => {
    const margin = marginOf(rows);
    return margin === null ? [] : [{ fullCalls, ...margin }];
  });
  const reached = margins.filter(({ margin }) => margin >= WANTED_MARGIN_DB);
  const missed = margins.filter(({ margin }) => margin < WANTED_MARGIN_DB);
  const where =
    reached.length === 0
      ? `The preset is nowhere ${WANTED_MARGIN_DB} dB ahead of its nearest rival.`
      : `The preset is at least ${WANTED_MARGIN_DB} dB ahead of every rival at ${listed(reached)} full calls.`;
  const short = missed.map(
    ({ fullCalls, margin, rival }) =>
      `- At ${fullCalls} full calls it is not: ${signed(margin)} dB, the nearest rival is ${rival}.`,
  );
  return [where, ...(short.length === 0 ? [] : ['', ...short])].join('\n');
}

/** Whether a host gives what the calibration measures. */
export function pathText({ path }: FrontRecord): string {
  if (path === null) return 'Not checked yet.';
  const { fullCalls, images, walk, sidecar } = path;
  const gap = Math.abs(walk - sidecar);
  const same = gap <= 0.01 ? 'the same' : `not the same: ${gap.toFixed(2)} dB apart`;
  return (
    `At ${fullCalls} full calls, on the first ${images} test images, the preset has ${walk.toFixed(3)} dB by the walk that calibration ` +
    `measures with and ${sidecar.toFixed(3)} dB planned by a sidecar and applied by the model’s host: ${same}.`
  );
}

function listed(margins: readonly { readonly fullCalls: number }[]): string {
  const counts = margins.map(({ fullCalls }) => String(fullCalls));
  const last = counts.pop() ?? '';
  return counts.length === 0 ? last : `${counts.join(', ')} and ${last}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
