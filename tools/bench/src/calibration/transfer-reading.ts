import { formatNumber } from '@forecache/evaluation';
import { cellName, COUNTS, type Topic, type TransferRow } from './transfer-cells.js';
import { CONTESTANTS } from './transfer-topics.js';

type Cells = Readonly<Partial<Record<string, TransferRow>>>;

/** One contestant beside another, in dB. */
export interface Margin {
  readonly at: string;
  readonly count: number;
  readonly margin: number;
}

/** Every place where both contestants were measured and are not the same. */
export function marginsOf(
  cells: Cells,
  topic: Topic,
  { of, over }: { readonly of: string; readonly over: string },
): readonly Margin[] {
  const rows = Object.values(cells).filter((row) => row?.topic === topic && row.contestant === of);
  return rows.flatMap((row) => {
    if (row === undefined) return [];
    const { at, count } = row;
    const other = cells[cellName({ topic, contestant: over, at, count })];
    const margin = row.psnr - (other?.psnr ?? row.psnr);
    return margin === 0 ? [] : [{ at, count, margin }];
  });
}

/** What a topic's table shows, from its numbers. */
export function readTopic(cells: Cells, topic: Topic): string {
  switch (topic) {
    case 'classes':
      return compared(cells, topic, {
        of: CONTESTANTS.classes[0],
        over: CONTESTANTS.classes[1],
      });
    case 'guidance':
      return [
        compared(cells, topic, { of: CONTESTANTS.guidance[0], over: CONTESTANTS.guidance[1] }),
        compared(cells, topic, { of: CONTESTANTS.guidance[2], over: CONTESTANTS.guidance[0] }),
        compared(cells, topic, { of: CONTESTANTS.guidance[2], over: CONTESTANTS.guidance[1] }),
      ].join('\n');
    case 'training':
      return [
        compared(cells, topic, { of: CONTESTANTS.training[0], over: CONTESTANTS.training[1] }),
        compared(cells, topic, { of: CONTESTANTS.training[0], over: CONTESTANTS.training[2] }),
      ].join('\n');
    case 'steps':
      return compared(cells, topic, { of: CONTESTANTS.steps[0], over: CONTESTANTS.steps[1] });
    case 'samplers':
      return [
        compared(cells, topic, { of: CONTESTANTS.samplers[0], over: CONTESTANTS.samplers[2] }),
        compared(cells, topic, { of: CONTESTANTS.samplers[1], over: CONTESTANTS.samplers[0] }),
      ].join('\n');
    case 'runs':
      return COUNTS.flatMap((count) => runsNeeded(cells, count)).join('\n');
  }
}

/** Least, mean and largest margin, and where the first contestant is behind. */
function compared(
  cells: Cells,
  topic: Topic,
  pair: { readonly of: string; readonly over: string },
): string {
  const margins = marginsOf(cells, topic, pair);
  if (margins.length === 0) return `- “${pair.of}” over “${pair.over}”: not measured.`;
  const values = margins.map(({ margin }) => margin);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [least, most] = [
    margins.reduce((a, b) => (b.margin < a.margin ? b : a)),
    margins.reduce((a, b) => (b.margin > a.margin ? b : a)),
  ];
  const ahead = values.filter((value) => value > 0).length;
  return (
    `- “${pair.of}” over “${pair.over}”: ${signed(mean)} dB on average, from ${signed(least.margin)} (${placeOf(least)}) to ` +
    `${signed(most.margin)} (${placeOf(most)}); ahead in ${ahead} of ${values.length}.`
  );
}

function placeOf({ at, count }: Margin): string {
  return `${at} at ${count} full calls`;
}

/** How near fewer calibration runs come to the most. */
function runsNeeded(cells: Cells, count: number): string[] {
  const rows = Object.values(cells)
    .flatMap((row) => (row?.topic === 'runs' && row.count === count ? [row] : []))
    .sort((a, b) => Number(a.at) - Number(b.at));
  const best = rows.reduce((most, { psnr }) => Math.max(most, psnr), -Infinity);
  const enough = rows.find(({ psnr }) => psnr >= best - NEAR_DB);
  if (enough === undefined) return [];
  return [
    `- ${count} full calls: ${enough.at} runs come within ${NEAR_DB} dB of the best number of runs (${formatNumber(best, 1)} dB).`,
  ];
}

const NEAR_DB = 1;

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatNumber(Math.abs(value), 1)}`;
}
