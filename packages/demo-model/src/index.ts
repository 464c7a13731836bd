export {
  demoModelDirectory,
  findClass,
  loadManifest,
  loadReferenceStatistics,
  MANIFEST_FILE,
} from './demo-model.js';
export { parseManifest } from './model-manifest.js';
export type { ClassName, ReferenceStatistics } from './demo-model.js';
export type { GraphFile, GraphTensor, ModelManifest, Segment } from './model-manifest.js';
