import type {
  Action,
  BranchConditioning,
  CallKey,
  CallPlan,
  Granularity,
  ModelDescription,
  RequestOptions,
  RunSetup,
  Scalars,
} from '../model-host/model-host.js';
import type { PlacedTensor, SharedRegion } from '../tensor/tensor.js';

/** Mirrors `RunMode`. */
export type RunMode = 'plan' | 'intercept' | 'proxy';

/** Mirrors `HistoryPlace`. */
export type HistoryPlace = 'sidecar' | 'host';

/** Mirrors `RunOutcome`; `open` while the run is open. */
export type RunOutcome = 'ok' | 'interrupted' | 'error';

/** All decisions of a static policy. Mirrors `RunPlan`. */
export interface RunPlan {
  readonly steps: number;
  readonly calls: readonly CallPlan[];
}

/** A forecastable module of a network. Mirrors `SiteShape`. */
export interface SiteShape {
  readonly name: string;
  readonly kind: 'attention' | 'cross-attention' | 'mlp' | 'single';
  readonly block: number;
  readonly tokens: number;
}

/** The forecastable modules of a network in the order of a call. Mirrors `NetworkShape`. */
export interface NetworkShape {
  readonly blocks: number;
  readonly sites: readonly SiteShape[];
}

/** Mirrors `OpenRunRequest`. */
export interface OpenRun {
  readonly mode: RunMode;
  readonly policy: { readonly name: string; readonly options: Readonly<Record<string, string>> };
  /** Null: the policy's own. */
  readonly granularity: Granularity | null;
  readonly run: {
    readonly steps: number;
    readonly calls: number;
    readonly timesteps: readonly number[];
    readonly sigmas: readonly number[];
    /** Null where the model host's description says it, or no policy needs it. */
    readonly network: NetworkShape | null;
  };
  readonly branches: readonly BranchConditioning[];
  /** Empty means the only model there is. */
  readonly model: string;
  /** 0: tensors travel inline. */
  readonly sharedBytes: number;
  readonly historyPlace: HistoryPlace;
  readonly client: string;
}

/** Mirrors `FeatureCall`. */
export interface FeatureCall {
  readonly site: string;
  readonly value:
    | { readonly kind: 'input'; readonly tensor: PlacedTensor }
    | { readonly kind: 'computed'; readonly tensor: PlacedTensor }
    | { readonly kind: 'none' };
  readonly output: SharedRegion | null;
}

/** Mirrors `FeatureAnswer`. */
export interface FeatureAnswer {
  readonly site: string;
  readonly source: 'forwarded' | 'forecast' | 'stored' | 'compute' | 'partial';
  readonly output: PlacedTensor | null;
}

/** One message of feature calls. */
export interface InterceptCall extends CallKey {
  readonly features: readonly FeatureCall[];
}

/** Mirrors `RunStatistics`. */
export interface RunStatistics {
  readonly runId: string;
  readonly policy: string;
  readonly client: string;
  readonly outcome: RunOutcome | 'open';
  readonly fullCalls: number;
  readonly forecastCalls: number;
  readonly forwarded: number;
  readonly forecast: number;
  readonly stored: number;
  readonly partial: number;
  readonly peakBytes: number;
  readonly wallUs: number;
  readonly hostUs: number;
  readonly forecastUs: number;
  readonly sites: readonly {
    readonly site: string;
    readonly forwarded: number;
    readonly forecast: number;
    readonly stored: number;
    readonly partial: number;
  }[];
}

/** Feature calls of one run on one stream: answers come in the order of the calls. */
export interface InterceptStream {
  /** Rejects with the sidecar's `ForecastError`; the stream stays usable after an answered error. */
  call(request: InterceptCall, options?: RequestOptions): Promise<readonly FeatureAnswer[]>;
  end(): void;
}

/** What `report` tells the sidecar about a call. Mirrors `ReportRequest`. */
export interface CallReport extends CallKey {
  readonly action: Action['kind'];
  readonly forwarded: number;
  readonly forecast: number;
  readonly partial: number;
  readonly wallUs: number;
  /** What the run's probes measured after the call. */
  readonly scalars: Scalars;
}

/** An open run, as its client sees it. */
export interface CacheRun {
  readonly runId: string;
  /** Policy name and effective options, for people. */
  readonly policy: string;
  /** Null when the policy decides call by call. */
  readonly plan: RunPlan | null;
  /** What the host prepares; `sites` is empty where the sidecar does not know the network. */
  readonly setup: RunSetup;
  readonly ttlMs: number;
  readonly sharedDirectory: string;
  readonly sharedName: string;
  readonly warnings: readonly string[];
  decide(
    call: CallKey & { readonly scalars: Scalars },
    options?: RequestOptions,
  ): Promise<CallPlan>;
  intercept(): InterceptStream;
  runNetwork(
    call: CallKey & { readonly input: PlacedTensor; readonly output: SharedRegion | null },
    options?: RequestOptions,
  ): Promise<{ readonly output: PlacedTensor; readonly plan: CallPlan }>;
  report(report: CallReport, options?: RequestOptions): Promise<void>;
  close(outcome: RunOutcome, options?: RequestOptions): Promise<RunStatistics>;
}

/** Mirrors `PolicyDescription`. */
export interface PolicyDescription {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly {
    readonly name: string;
    readonly aliases: readonly string[];
    readonly defaultValue: string;
    readonly rule: string;
    readonly summary: string;
  }[];
}

/** Mirrors `GetStatisticsResponse`. */
export interface SidecarStatistics {
  readonly runsOpened: number;
  readonly runsClosed: number;
  readonly runsExpired: number;
  readonly runsOpen: number;
  readonly bytesHeld: number;
  readonly forwarded: number;
  readonly forecast: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly uptimeUs: number;
}

/** One event of one run. Mirrors `WatchRunsResponse`. */
export type RunEvent =
  | {
      readonly kind: 'opened';
      readonly runId: string;
      readonly policy: string;
      readonly calls: number;
      readonly client: string;
    }
  | {
      readonly kind: 'call';
      readonly runId: string;
      readonly branch: string;
      readonly callIndex: number;
      readonly action: Action['kind'];
    }
  | { readonly kind: 'closed'; readonly runId: string; readonly statistics: RunStatistics };

/** The sidecar as a client sees it: `createCacheClient({ address })`. */
export interface CacheClient {
  openRun(request: OpenRun, options?: RequestOptions): Promise<CacheRun>;
  watchRuns(runId: string, options?: RequestOptions): AsyncIterable<RunEvent>;
  listPolicies(options?: RequestOptions): Promise<readonly PolicyDescription[]>;
  listModels(options?: RequestOptions): Promise<readonly ModelDescription[]>;
  statistics(options?: RequestOptions): Promise<SidecarStatistics>;
  close(): void;
}
