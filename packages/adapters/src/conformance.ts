import type { ConformanceCheck } from './conformance/conformance-check.js';
import { descriptionChecks } from './conformance/description-checks.js';
import { forwardChecks } from './conformance/forward-checks.js';
import { measureChecks } from './conformance/measure-checks.js';
import { nestedSiteChecks } from './conformance/nested-site-checks.js';
import { partialChecks } from './conformance/partial-checks.js';
import { plannedCallChecks } from './conformance/planned-call-checks.js';
import { runChecks } from './conformance/run-checks.js';
import { setupChecks } from './conformance/setup-checks.js';

export type { ConformanceCheck } from './conformance/conformance-check.js';

/**
 * What every model host of an adaLN-zero transformer with class labels 0..10 has to do, whatever process it
 * lives in. A test runs each check against a host:
 * `it.each(modelHostConformance)('$title', ({ run }) => run(host))`.
 */
export const modelHostConformance: readonly ConformanceCheck[] = Object.freeze([
  ...descriptionChecks,
  ...forwardChecks,
  ...plannedCallChecks,
  ...nestedSiteChecks,
  ...measureChecks,
  ...partialChecks,
  ...setupChecks,
  ...runChecks,
]);
