import { assertWithinLimit, type ServiceLimits } from './limits.js';

/** Counts the bytes that one run holds in the sidecar, and refuses more than `maxBytesPerRun`. */
export interface ByteBudget {
  readonly held: number;
  readonly peak: number;
  /** Throws `resource-exhausted` and changes nothing when the run would hold too much. */
  reserve(what: string, byteLength: number): void;
  /** Everything is given back when the run ends. */
  releaseAll(): void;
}

/** A budget that also tells `onChange` how much more (or less) is held now, for the service's total. */
export function createByteBudget(
  limits: ServiceLimits,
  onChange: (deltaBytes: number) => void,
): ByteBudget {
  let held = 0;
  let peak = 0;
  return {
    get held() {
      return held;
    },
    get peak() {
      return peak;
    },
    reserve(what, byteLength) {
      assertWithinLimit(limits, {
        limit: 'maxBytesPerRun',
        what: `bytes held by the run with ${what}`,
        asked: held + byteLength,
      });
      held += byteLength;
      peak = Math.max(peak, held);
      onChange(byteLength);
    },
    releaseAll() {
      onChange(-held);
      held = 0;
    },
  };
}
