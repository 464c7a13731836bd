/** Something to time. `run` may return its own time in microseconds when the caller's clock would add to it. */
export interface Contender {
  readonly name: string;
  /** Bytes of the payload, for throughput; 0 where there is none. */
  readonly bytes: number;
  run(): Promise<number | void> | number | void;
}

/** Microseconds over the rounds of one contender. */
export interface Timing {
  readonly name: string;
  readonly bytes: number;
  readonly rounds: number;
  readonly minUs: number;
  readonly p10Us: number;
  readonly medianUs: number;
  readonly p90Us: number;
  /** This contender's time over the reference's time in the same round: median and 10 % to 90 % spread. */
  readonly ratio: { readonly median: number; readonly p10: number; readonly p90: number };
}

/**
 * Times contenders in turn, round by round, so that a busy moment of the machine hits all of them alike.
 * The first contender is the reference of the ratios.
 */
export async function interleave(
  contenders: readonly Contender[],
  options: { readonly rounds: number; readonly warmup: number },
): Promise<readonly Timing[]> {
  const samples = contenders.map(() => new Float64Array(options.rounds));
  for (let round = -options.warmup; round < options.rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const us = await timeOnce(() => contender.run());
      if (round >= 0) samples[index]?.set([us], round);
    }
  }
  const reference = samples[0] ?? new Float64Array();
  return contenders.map((contender, index) =>
    summarise(contender, samples[index] ?? new Float64Array(), reference),
  );
}

/** Microseconds of one turn: its own, when it returns a number. */
export async function timeOnce(run: Contender['run']): Promise<number> {
  const started = process.hrtime.bigint();
  const own = await run();
  return typeof own === 'number' ? own : Number(process.hrtime.bigint() - started) / 1000;
}

function summarise(contender: Contender, times: Float64Array, reference: Float64Array): Timing {
  const sorted = times.slice().sort();
  const ratios = times.map((time, round) => time / (reference[round] ?? NaN)).sort();
  return {
    name: contender.name,
    bytes: contender.bytes,
    rounds: times.length,
    minUs: quantile(sorted, 0),
    p10Us: quantile(sorted, 0.1),
    medianUs: quantile(sorted, 0.5),
    p90Us: quantile(sorted, 0.9),
    ratio: {
      median: quantile(ratios, 0.5),
      p10: quantile(ratios, 0.1),
      p90: quantile(ratios, 0.9),
    },
  };
}

/** Nearest-rank quantile of sorted values; NaN when there are none. */
export function quantile(sorted: Float64Array, fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? NaN;
}
