// Model hosts
export { createGrpcModelHost } from './model-host/grpc/grpc-model-host.js';
export { createInMemoryModelHost } from './model-host/transformer/in-memory-model-host.js';
export type {
  InMemoryModelHost,
  InMemoryModelHostOptions,
} from './model-host/transformer/in-memory-model-host.js';
export { createOnnxModelHost } from './model-host/onnx/onnx-model-host.js';
export type { OnnxModelHostOptions } from './model-host/onnx/onnx-model-host.js';
export { createModelHostHandlers, serveModelHost } from './model-host/grpc/model-host-service.js';
export type {
  ModelHostServer,
  ServeModelHostOptions,
} from './model-host/grpc/model-host-service.js';
export type {
  Action,
  BeginRun,
  BranchConditioning,
  CallKey,
  CallOutput,
  CallPlan,
  Combine,
  Forward,
  Forwarded,
  Granularity,
  HostRun,
  Measure,
  ModelDescription,
  ModelHost,
  Probe,
  ProbeKind,
  RequestOptions,
  RunCall,
  RunSetup,
  Scalars,
  SiteDescription,
  SiteKind,
  TokenCache,
  TokenScore,
  TokenSelection,
} from './model-host/model-host.js';

// Sites, setups and plans
export {
  blockCount,
  describeSite,
  isModuleKind,
  residualRange,
  residualSite,
  siteOf,
  sitesOfGranularity,
} from './model-host/site-description.js';
export type { BlockRange, ModuleKind } from './model-host/site-description.js';
export { assertRunSetup } from './model-host/transformer/run-setup.js';
export { NO_SETUP } from './wire/setup-messages.js';
export {
  actionAt,
  assertAction,
  assertCallPlan,
  assertSelection,
  callKind,
  MAX_HISTORY_SIZE,
  weightsOf,
} from './model-host/call-plan.js';
export { assertPlanFits } from './model-host/transformer/plan-checks.js';
export { isComputed, resolvePlan } from './model-host/walk/resolved-plan.js';
export type {
  ResolvedPlan,
  SiteAction,
  SiteSpan,
  SkippedSite,
} from './model-host/walk/resolved-plan.js';

// The walk of a transformer, and what is measured on the way
export { transformerLayout } from './model-host/transformer/transformer-layout.js';
export type { BranchSite, TransformerLayout } from './model-host/transformer/transformer-layout.js';
export { beginWalk, walkTransformer } from './model-host/walk/transformer-walk.js';
export type { BeginWalk, Walk, WalkCall, WalkedCall } from './model-host/walk/transformer-walk.js';
export { createHiddenMemory } from './model-host/walk/hidden-memory.js';
export type {
  HiddenMemory,
  HiddenMemoryOptions,
  HiddenState,
} from './model-host/walk/hidden-memory.js';
export type { FeatureSource, SiteCall } from './model-host/walk/feature-source.js';
export { createBranchProbes } from './model-host/walk/probes/branch-probes.js';
export type { BranchProbes, CallProbes } from './model-host/walk/probes/branch-probes.js';
export { measuresAfter, measuresBefore } from './model-host/walk/probes/probe-needs.js';

// The sidecar's client
export { createCacheClient } from './cache-client/grpc-cache-client.js';
export type {
  CacheClient,
  CacheRun,
  CallReport,
  FeatureAnswer,
  FeatureCall,
  HistoryPlace,
  InterceptCall,
  InterceptStream,
  NetworkShape,
  OpenRun,
  PolicyDescription,
  RunEvent,
  RunMode,
  RunOutcome,
  RunPlan,
  RunStatistics,
  SidecarStatistics,
  SiteShape,
} from './cache-client/cache-client.js';

// Tensors
export {
  assertSameType,
  assertTensorType,
  byteLength,
  bytesPerTensorElement,
  elementCount,
  isSameType,
  printTensorType,
  withBatch,
} from './tensor/tensor-type.js';
export { float32Tensor, float32View, int64Tensor, int64View } from './tensor/tensor-view.js';
export type {
  HostHandle,
  LocalTensor,
  PlacedTensor,
  SharedRegion,
  TensorDtype,
  TensorType,
} from './tensor/tensor.js';

// Shared memory
export { createSharedDirectory } from './shared-memory/shared-directory.js';
export type { SharedDirectory, SharedDirectoryOptions } from './shared-memory/shared-directory.js';
export { openSharedFile } from './shared-memory/shared-file.js';
export type { SharedFile } from './shared-memory/shared-file.js';
export type { SharedFileSystem } from './shared-memory/file-system.js';
export { createTensorTransfer } from './shared-memory/tensor-transfer.js';
export type { TensorTransfer } from './shared-memory/tensor-transfer.js';

// For the sidecar only: its service over the wire
export {
  decodeCloseRun,
  decodeDecide,
  decodeOpenRun,
  decodeReport,
  decodeRunNetwork,
  encodeNetworkOutput,
  encodeOpenedRun,
  MAX_CLIENT_LENGTH,
} from './wire/run-messages.js';
export type { Decide, NetworkOutput, OpenedRun, RunNetwork } from './wire/run-messages.js';
export type { OfRun } from './wire/model-host-messages.js';
export { decodeInterceptCall, encodeInterceptAnswer } from './wire/intercept-messages.js';
export type { SequencedAnswer, SequencedCall } from './wire/intercept-messages.js';
export { encodeDescription } from './wire/description-messages.js';
export {
  decodeAction,
  decodeCallPlan,
  decodeRunPlan,
  encodeAction,
  encodeCallPlan,
  encodeRunPlan,
} from './wire/plan-messages.js';
export {
  encodePolicy,
  encodeRunEvent,
  encodeRunStatistics,
  encodeSidecarStatistics,
} from './wire/statistics-messages.js';
export {
  cacheServiceDefinition,
  calibrationServiceDefinition,
  modelHostServiceDefinition,
  packageDefinition,
} from './wire/definitions.js';
export { abortError, throwIfAborted } from './wire/abort.js';
export { assertIdentifier, assertRunId } from './wire/fields.js';
export { createGrpcServer } from './wire/grpc-server.js';
export type { GrpcServer, GrpcServerOptions } from './wire/grpc-server.js';
export { parseAddress } from './wire/address.js';
export type { Address } from './wire/address.js';
export type { RpcChannelOptions } from './wire/rpc-channel.js';
export { unaryHandler } from './wire/rpc-handler.js';
export type { Answer } from './wire/rpc-handler.js';
export { createRunRegistry } from './model-host/transformer/run-registry.js';
export type { RunRegistry, RunRegistryOptions } from './model-host/transformer/run-registry.js';
export { codeOfStatus, fromServiceError, statusOfCode, toServiceError } from './wire/status.js';
export type {
  CacheServiceDefinition,
  CacheServiceHandlers,
} from './gen/forecache/v1/CacheService.js';
export type { CalibrationServiceHandlers } from './gen/forecache/v1/CalibrationService.js';
export {
  decodeFindSchedules,
  decodeFitWeights,
  encodeSchedules,
  encodeWeightsFound,
} from './wire/calibration-messages.js';
export type { FindSchedules, FitWeights, WeightsFound } from './wire/calibration-messages.js';
