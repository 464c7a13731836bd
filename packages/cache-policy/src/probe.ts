/** What a host measures, when, and under which names: see `ProbeKind` in `protos/forecache/v1/plan.proto`. */
export type ProbeKind =
  | 'modulated-input-change'
  | 'conditioning-change'
  | 'input-change'
  | 'first-blocks-change'
  | 'output-rate'
  | 'feature-change'
  | 'feature-motion'
  | 'feature-gram';

/** One measurement. Mirrors `Probe`. */
export interface Probe {
  readonly kind: ProbeKind;
  /** `first-blocks-change`: blocks; `feature-motion`: tokens of a frame; `feature-gram`: features; else 0. */
  readonly count: number;
  /** `feature-change`, `feature-motion`: the site; else empty. */
  readonly site: string;
}

/** A probe without the parts its kind does not use. */
export function probe(kind: ProbeKind, parts: Partial<Omit<Probe, 'kind'>> = {}): Probe {
  return Object.freeze({ kind, count: 0, site: '', ...parts });
}
