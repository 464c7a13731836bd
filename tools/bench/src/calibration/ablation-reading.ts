import { formatNumber } from '@forecache/evaluation';
import { COUNTS, RUNGS, type LadderRow, type Rung } from './ablation-ladder.js';

type Ladder = Readonly<Partial<Record<string, LadderRow>>>;

/** One step of the ladder: what is added to what. */
interface Addition {
  readonly what: string;
  readonly from: Rung;
  readonly to: Rung;
}

const ADDITIONS: readonly Addition[] = [
  {
    what: 'Weights fitted on the walk, even schedule',
    from: 'even, line',
    to: 'even, on the walk',
  },
  { what: 'The schedule, line weights', from: 'even, line', to: 'found, line' },
  { what: 'Weights fitted to full runs', from: 'found, line', to: 'found, open loop' },
  { what: 'The walk instead of full runs', from: 'found, open loop', to: 'found, on the walk' },
  {
    what: 'Many searches instead of one',
    from: 'found, on the walk',
    to: 'searched, on the walk',
  },
  { what: 'Moving full calls', from: 'searched, on the walk', to: 'climbed, on the walk' },
];

/** What each part adds, in dB, and where it adds nothing or takes away. */
export function readLadder(ladder: Ladder): string {
  return ADDITIONS.flatMap(({ what, from, to }) => {
    const gains = COUNTS.flatMap((count) => {
      const gain = gainOf(ladder, count, { from, to });
      return gain === null ? [] : [{ count, gain }];
    });
    if (gains.length === 0) return [];
    const parts = gains.map(({ count, gain }) => `${signed(gain)} at ${count}`);
    const lost = gains.filter(({ gain }) => gain < 0).map(({ count }) => count);
    const equal = gains.filter(({ gain }) => gain === 0).map(({ count }) => count);
    return (
      `- ${what}: ${parts.join(', ')} (dB).` +
      (lost.length > 0 ? ` It takes away at ${lost.join(' and ')}.` : '') +
      (equal.length > 0 ? ` It changes nothing at ${equal.join(' and ')}.` : '')
    );
  })
    .concat(worseErrors(ladder))
    .join('\n');
}

/** Where PSNR rises while the error of all images together does too: single images get worse. */
function worseErrors(ladder: Ladder): string[] {
  const found = ADDITIONS.flatMap(({ from, to }) =>
    COUNTS.flatMap((count) => {
      const [before, after] = [ladder[`${count}: ${from}`], ladder[`${count}: ${to}`]];
      if (before === undefined || after === undefined) return [];
      const isTorn = after.psnr > before.psnr && after.relativeError > before.relativeError;
      return isTorn ? [`${RUNGS[to]} at ${count}`] : [];
    }),
  );
  if (found.length === 0) return [];
  return [
    `- PSNR rises while the relative error of all images together rises too, which single images with large errors do: ` +
      `${found.join('; ')}.`,
  ];
}

/** In dB; null where one of both was not measured, as with moved full calls at other numbers than that of the climb. */
export function gainOf(
  ladder: Ladder,
  count: number,
  { from, to }: { readonly from: Rung; readonly to: Rung },
): number | null {
  const [before, after] = [ladder[`${count}: ${from}`], ladder[`${count}: ${to}`]];
  return before === undefined || after === undefined ? null : after.psnr - before.psnr;
}

function signed(gain: number): string {
  return `${gain < 0 ? '−' : '+'}${formatNumber(Math.abs(gain), 1)}`;
}
