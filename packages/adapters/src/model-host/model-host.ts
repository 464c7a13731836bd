import type { HostHandle, PlacedTensor, SharedRegion, TensorType } from '../tensor/tensor.js';

/** Kind of work a site does. Mirrors `SiteKind`. */
export type SiteKind =
  | 'embed'
  | 'modulation'
  | 'attention'
  | 'mlp'
  | 'residual'
  | 'hidden'
  | 'head'
  | 'output'
  | 'change'
  | 'cross-attention'
  | 'single';

/** Where forecasts are made. Mirrors `Granularity`. */
export type Granularity = 'module' | 'block' | 'residual' | 'hidden' | 'output' | 'change';

/** One site of a network, shapes per sample (no batch dimension). Mirrors `SiteDescription`. */
export interface SiteDescription {
  readonly name: string;
  readonly kind: SiteKind;
  readonly block: number;
  readonly input: TensorType | null;
  readonly output: TensorType;
  /** Per sample, multiply and add counted separately. */
  readonly flops: number;
  /** Whether `forward` computes it; `hidden` and `output` are results of composition. */
  readonly isForwardable: boolean;
}

/** A network. Mirrors `DescribeResponse`. */
export interface ModelDescription {
  readonly hostId: string;
  readonly model: string;
  /** In the order in which a call visits them. */
  readonly sites: readonly SiteDescription[];
  readonly input: TensorType;
  readonly output: TensorType;
  readonly conditioning: readonly { readonly name: string; readonly type: TensorType }[];
}

/** The conditioning of one guidance stream. Mirrors `BranchConditioning`. */
export interface BranchConditioning {
  readonly branch: string;
  readonly batch: number;
  readonly tensors: readonly { readonly name: string; readonly tensor: PlacedTensor }[];
}

/** Where a token's score comes from. Mirrors `TokenScore`. */
export type TokenScore = 'influence' | 'value-norm' | 'random';

/** Sites whose newest feature is kept by token. Mirrors `TokenCache`. */
export interface TokenCache {
  readonly sites: readonly string[];
  readonly score: TokenScore;
}

/** How a host chooses the tokens of a partial action. Mirrors `TokenSelection`. */
export interface TokenSelection {
  /** Tokens to compute in each sample. */
  readonly tokens: number;
  readonly stalenessWeight: number;
  /** Side of a grid cell in tokens; 0 is off. */
  readonly grid: number;
  readonly gridBonus: number;
}

/** What a host measures. Mirrors `ProbeKind`, which says what and when, and names the scalars. */
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
  readonly count: number;
  readonly site: string;
}

/** Measured numbers by name. */
export type Scalars = Readonly<Record<string, number>>;

/** What a host prepares for a run. Mirrors `RunSetup`. */
export interface RunSetup {
  readonly granularity: Granularity;
  /** Kept sites: where a plan's action applies and whose true features are stored. */
  readonly sites: readonly string[];
  readonly historySize: number;
  readonly tokenCache: TokenCache | null;
  readonly probes: readonly Probe[];
}

/** Mirrors `BeginRunRequest`. */
export interface BeginRun {
  readonly runId: string;
  readonly branches: readonly BranchConditioning[];
  readonly timesteps: readonly number[];
  /** Empty when regions are not used. */
  readonly sharedDirectory: string;
  readonly setup: RunSetup;
}

/** What to do at a site in one call. Mirrors `Action`; weights newest stored feature first. */
export type Action =
  | { readonly kind: 'full' }
  | { readonly kind: 'forecast'; readonly weights: readonly number[] }
  | { readonly kind: 'reuse' }
  | { readonly kind: 'partial'; readonly selection: TokenSelection };

/** What to do in one call. Mirrors `CallPlan`. */
export interface CallPlan {
  readonly callIndex: number;
  readonly action: Action;
  readonly exceptions: readonly { readonly site: string; readonly action: Action }[];
}

/** Key of a call within a run. */
export interface CallKey {
  readonly branch: string;
  readonly callIndex: number;
}

/** Mirrors `ForwardRequest`. */
export interface Forward extends CallKey {
  readonly site: string;
  readonly input: PlacedTensor | null;
  /** Where the output goes; null means inline. */
  readonly output: SharedRegion | null;
  /** Also keep the output on the host. */
  readonly keep: boolean;
  /** Compute only chosen tokens; null computes all. */
  readonly selection: TokenSelection | null;
}

/** Mirrors `ForwardResponse`. */
export interface Forwarded {
  readonly output: PlacedTensor;
  readonly kept: HostHandle | null;
}

/** Mirrors `CombineRequest`. */
export interface Combine {
  /** Newest first. */
  readonly handles: readonly HostHandle[];
  readonly weights: readonly number[];
  readonly output: SharedRegion | null;
  readonly release: readonly HostHandle[];
}

/** Mirrors `MeasureRequest`. */
export interface Measure extends CallKey {
  readonly input: PlacedTensor;
}

/** Mirrors `RunCallRequest`. */
export interface RunCall {
  readonly branch: string;
  readonly plan: CallPlan;
  /** Null: that of `measure` of the same call. */
  readonly input: PlacedTensor | null;
  readonly output: SharedRegion | null;
}

/** Mirrors `RunCallResponse`. */
export interface CallOutput {
  readonly output: PlacedTensor;
  readonly forwarded: number;
  readonly forecast: number;
  readonly partial: number;
  readonly scalars: Scalars;
}

/** Every request takes a signal; a deadline is a signal from `AbortSignal.timeout`. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** One open run on a model host. */
export interface HostRun {
  forward(request: Forward, options?: RequestOptions): Promise<Forwarded>;
  combine(request: Combine, options?: RequestOptions): Promise<PlacedTensor>;
  /** What the run's probes measure before a call; `runCall` of the same call goes on from there. */
  measure(request: Measure, options?: RequestOptions): Promise<Scalars>;
  runCall(request: RunCall, options?: RequestOptions): Promise<CallOutput>;
  /** Frees what the run held; a second end is not an error. */
  end(): Promise<void>;
}

/**
 * The port to whatever owns the network. Implementations: `createGrpcModelHost` (any process that serves
 * `model_host.proto`), `createOnnxModelHost` (onnxruntime in this process), `createInMemoryModelHost` (tests).
 */
export interface ModelHost {
  describe(options?: RequestOptions): Promise<ModelDescription>;
  beginRun(request: BeginRun, options?: RequestOptions): Promise<HostRun>;
  close(): Promise<void>;
}
