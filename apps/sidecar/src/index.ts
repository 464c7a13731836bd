export { startSidecar } from './service/start-sidecar.js';
export type { CompiledSidecarOptions, RunningSidecar } from './service/start-sidecar.js';

// For benchmarks and checks: the demo model's sampler with and without a sidecar, and its judge.
export { fillNoise } from './sampler/noise.js';
export { JOINT_BRANCH, sampleEuler, timestepsOf } from './sampler/euler-sampler.js';
export { pixelCount, toImages } from './sampler/image-range.js';
export { createLocalCaller } from './sampler/local-caller.js';
export { createClassifier } from './evaluation-model/classifier.js';
export { compileJob } from './generation/compile-job.js';
export { generateImages } from './generation/generate-images.js';
export { labelsFor } from './generation/generation-job.js';
export { openWorkshop } from './generation/workshop.js';
// For records of comparisons: what `forecache compare` is made of.
export { withInterruption } from './command-line/interruption.js';
export { createOutput } from './command-line/output.js';
export { readComparison, writeComparison } from './compare/comparison-file.js';
export { describeComparison } from './compare/comparison-report.js';
export { compileComparison } from './compare/compile-comparison.js';
export { rowsOf, runComparison } from './compare/run-comparison.js';
export { withJudges } from './evaluation-model/judge-images.js';
export { machineFacts } from './quickstart/machine-facts.js';
export type { Output } from './command-line/output.js';
export type { ComparisonRecord } from './compare/comparison-file.js';
export type { ComparisonFindings } from './compare/comparison-report.js';
export type { CompiledComparison, ComparisonFlags } from './compare/compile-comparison.js';
export type { ComparisonOptions, ComparisonResult } from './compare/run-comparison.js';
export type { NetworkAnswer, NetworkCall, NetworkCaller } from './sampler/network-caller.js';
export type { SamplerRun } from './sampler/euler-sampler.js';
export type { ImageFormat } from './sampler/image-range.js';
export type { Classifier, Judgement } from './evaluation-model/classifier.js';
export type { JobFlags } from './generation/compile-job.js';
export type { Generated, GenerationTools } from './generation/generate-images.js';
export type { GenerationJob, GenerationMode, PolicyChoice } from './generation/generation-job.js';
export type { Workshop, WorkshopOptions } from './generation/workshop.js';
