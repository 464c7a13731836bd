import type { HostHandle, PlacedTensor, SharedRegion, TensorType } from '../tensor/tensor.js';

/** Kind of work a site does. Mirrors `SiteKind`. */
export type SiteKind =
  | 'embed'
  | 'modulation'
  | 'attention'
  | 'mlp'
  | 'block'
  | 'hidden'
  | 'head'
  | 'output';

/** Where forecasts are made. Mirrors `Granularity`. */
export type Granularity = 'module' | 'block' | 'hidden' | 'output';

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

/** Mirrors `BeginRunRequest`. */
export interface BeginRun {
  readonly runId: string;
  readonly branches: readonly BranchConditioning[];
  readonly timesteps: readonly number[];
  /** Empty when regions are not used. */
  readonly sharedDirectory: string;
  readonly historySize: number;
}

/** What to do at a site in one call. Mirrors `Action`; weights newest stored feature first. */
export type Action =
  | { readonly kind: 'full' }
  | { readonly kind: 'forecast'; readonly weights: readonly number[] }
  | { readonly kind: 'reuse' };

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

/** Mirrors `RunCallRequest`. */
export interface RunCall {
  readonly branch: string;
  readonly plan: CallPlan;
  readonly granularity: Granularity;
  readonly input: PlacedTensor;
  readonly output: SharedRegion | null;
}

/** Mirrors `RunCallResponse`. */
export interface CallOutput {
  readonly output: PlacedTensor;
  readonly forwarded: number;
  readonly forecast: number;
}

/** Every request takes a signal; a deadline is a signal from `AbortSignal.timeout`. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** One open run on a model host. */
export interface HostRun {
  forward(request: Forward, options?: RequestOptions): Promise<Forwarded>;
  combine(request: Combine, options?: RequestOptions): Promise<PlacedTensor>;
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
