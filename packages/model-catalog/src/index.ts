export { layerTable, listModels } from './model-registry.js';
export { callFlops, fullCallFlops, partialFlops, publishedFlops } from './call-flops.js';
export { branchFeatureBytes, featureBytes } from './feature-bytes.js';

export type { ModelSummary } from './model-registry.js';
export type { SiteWork } from './call-flops.js';
export type { FeatureGranularity } from './feature-bytes.js';
export type { AlwaysTerm, CatalogSite, Counter, LayerTable, PartialCost } from './layer-table.js';
export type { ModelSize, SizeOptions } from './model-size.js';
