import type { CallKey, RunOutcome, RunStatistics } from '@forecache/adapters';

/** How one feature call was answered, for the counts. */
export type CountedSource = 'forwarded' | 'forecast' | 'stored' | 'partial';

/** What one whole call did, in plan and proxy mode. */
export interface CountedCall extends CallKey {
  /** Whether every site that decisions are about was computed. */
  readonly isFull: boolean;
  readonly forwarded: number;
  readonly forecast: number;
  readonly partial: number;
}

/** One feature call that was answered. */
export interface CountedFeature extends CallKey {
  readonly site: string;
  readonly source: CountedSource;
  /** Whether decisions are about this site: the others say nothing about a call being full. */
  readonly isDecided: boolean;
}

/** Counts what a run does. Repeats of a call are feature calls too, but the call counts once. */
export interface RunCounter {
  countFeature(feature: CountedFeature): void;
  /** Counts a whole call; a repeat of the same (branch, call) changes nothing and answers false. */
  countCall(call: CountedCall): boolean;
  addHostTime(durationMs: number): void;
  addForecastTime(durationMs: number): void;
  /** True the first time that a call of which something was answered is announced: that is an event. */
  announce(call: CallKey): boolean;
  /** Feature calls so far. */
  totals(): { readonly forwarded: number; readonly forecast: number };
  read(facts: RunFacts): RunStatistics;
}

/** What a counter does not know by itself. */
export interface RunFacts {
  readonly runId: string;
  readonly policy: string;
  readonly client: string;
  readonly outcome: RunOutcome | 'open';
  readonly peakBytes: number;
  readonly wallMs: number;
}

type SiteCounts = Record<CountedSource, number>;

const NOTHING: Readonly<SiteCounts> = Object.freeze({
  forwarded: 0,
  forecast: 0,
  stored: 0,
  partial: 0,
});

/** All counts at zero. */
export function createRunCounter(): RunCounter {
  const totals: SiteCounts = { ...NOTHING };
  const sites = new Map<string, SiteCounts>();
  /** Whether the call was full, by call; absent until the first feature that decisions are about. */
  const calls = new Map<string, boolean>();
  const seen = new Set<string>();
  const announced = new Set<string>();
  let hostMs = 0;
  let forecastMs = 0;

  return {
    countFeature(feature) {
      const counts = sites.get(feature.site) ?? { ...NOTHING };
      sites.set(feature.site, counts);
      counts[feature.source] += 1;
      totals[feature.source] += 1;
      const key = callKey(feature);
      seen.add(key);
      const isComputed = feature.source === 'forwarded' || feature.source === 'stored';
      if (feature.isDecided) calls.set(key, (calls.get(key) ?? true) && isComputed);
    },
    countCall(call) {
      const key = callKey(call);
      if (calls.has(key)) return false;
      calls.set(key, call.isFull);
      totals.forwarded += call.forwarded;
      totals.forecast += call.forecast;
      totals.partial += call.partial;
      return true;
    },
    addHostTime: (durationMs) => void (hostMs += durationMs),
    addForecastTime: (durationMs) => void (forecastMs += durationMs),
    announce(call) {
      const key = callKey(call);
      if (!seen.has(key) || announced.has(key)) return false;
      announced.add(key);
      return true;
    },
    totals: () => ({ ...totals }),
    read(facts) {
      const fullCalls = [...calls.values()].filter((isFull) => isFull).length;
      return {
        runId: facts.runId,
        policy: facts.policy,
        client: facts.client,
        outcome: facts.outcome,
        fullCalls,
        forecastCalls: calls.size - fullCalls,
        ...totals,
        peakBytes: facts.peakBytes,
        wallUs: microseconds(facts.wallMs),
        hostUs: microseconds(hostMs),
        forecastUs: microseconds(forecastMs),
        sites: [...sites].map(([site, counts]) => ({ site, ...counts })),
      };
    },
  };
}

function callKey(call: CallKey): string {
  return `${call.callIndex} ${call.branch}`;
}

function microseconds(durationMs: number): number {
  return Math.round(durationMs * 1000);
}
