import { SingleBar } from 'cli-progress';
import type { Output } from './output.js';

/** Progress of one piece of work that has a known number of steps. */
export interface Progress {
  /** One more step is done. */
  step(): void;
  /** The work is over; `summary` says how it went. */
  end(summary: string): void;
  /** Takes the bar off the screen after a failure. */
  abandon(): void;
}

/** A bar on a terminal; one plain line at the end elsewhere. */
export function startProgress(output: Output, label: string, steps: number): Progress {
  const stream = output.progressStream;
  if (stream === null) {
    return {
      step: () => undefined,
      end: (summary) => output.note(`${label}: ${summary}`),
      abandon: () => undefined,
    };
  }
  const format = `${label} [{bar}] {value}/{total}`;
  const bar = new SingleBar({
    format,
    stream,
    barsize: 30,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  });
  bar.start(steps, 0);
  return {
    step: () => bar.increment(),
    end: (summary) => {
      bar.stop();
      output.note(`${label}: ${summary}`);
    },
    abandon: () => bar.stop(),
  };
}
