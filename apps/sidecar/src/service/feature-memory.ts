import type { HostHandle, PlacedTensor, SharedRegion, TensorType } from '@forecache/adapters';

/** A site of one branch. */
export interface SiteKey {
  readonly branch: string;
  readonly site: string;
}

/** A true feature on its way into the history. */
export interface TrueFeature {
  readonly callIndex: number;
  readonly tensor: PlacedTensor;
  /** Set when the model host kept it. */
  readonly kept: HostHandle | null;
}

/** One term of a forecast: the true feature of a call and its weight. */
export interface ForecastTerm {
  readonly callIndex: number;
  readonly weight: number;
}

/** Σ w·F over stored features of one site. */
export interface FeatureForecast extends SiteKey {
  readonly type: TensorType;
  /** Newest first; every call is one of `storedCalls`. */
  readonly terms: readonly ForecastTerm[];
  /** Where the result goes; null means inline. */
  readonly output: SharedRegion | null;
  readonly signal: AbortSignal;
}

/**
 * The histories of an intercept run: the newest true features of each (branch, site), by call index.
 * Two places implement it, the sidecar's memory and the model host's.
 */
export interface FeatureMemory {
  /** Whether a forwarded feature must be kept on the model host to be stored. */
  readonly keepsOnHost: boolean;
  /** Newest first. */
  storedCalls(key: SiteKey): readonly number[];
  /** Makes room for a site's history, so that `store` cannot fail for want of memory. */
  reserve(key: SiteKey, type: TensorType): void;
  /** Stores a feature whose call is newer than every stored one; others are left out. */
  store(key: SiteKey, feature: TrueFeature): void;
  forecast(forecast: FeatureForecast): Promise<PlacedTensor>;
  /** Frees everything; nothing else may be called afterwards. */
  drop(): void;
}

/** Whether a feature may be stored: a repeated or an older call moves no history. */
export function isNewer(callIndex: number, storedCalls: readonly number[]): boolean {
  const newest = storedCalls[0];
  return newest === undefined || callIndex > newest;
}

/** Key of a site in a map. Branch names have no spaces. */
export function printSiteKey(key: SiteKey): string {
  return `${key.branch} ${key.site}`;
}
