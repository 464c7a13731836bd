import {
  byteLength,
  describeSite,
  withBatch,
  type OpenRun,
  type SiteDescription,
} from '@forecache/adapters';
import type { CachePolicy, PolicySpec } from '@forecache/cache-policy';
import { invalidArgument } from '@forecache/core';
import type { DescribedHost, HostDirectory } from './host-directory.js';
import { assertWithinLimit, type ServiceLimits } from './limits.js';
import { networkShape } from '../network-shape.js';
import type { ResolvePolicy } from '../presets/resolve-policy.js';
import { compileBatches, compileRunDescription } from './open-run-request.js';
import { planRun, type PlannedRun } from './run-plan.js';

/** A request that has been checked, with its plan. */
export interface CheckedRequest {
  readonly request: OpenRun;
  /** Samples by branch. */
  readonly batches: ReadonlyMap<string, number>;
  readonly planned: PlannedRun;
  /** Whoever computes, and the kept sites as that model has them. Null in plan mode. */
  readonly model: (DescribedHost & { readonly keptSites: readonly SiteDescription[] }) | null;
}

/** What checking a request needs of its surroundings. */
export interface CheckTools {
  readonly limits: ServiceLimits;
  readonly hosts: HostDirectory;
  createPolicy(spec: PolicySpec): CachePolicy;
  readonly resolvePolicy: ResolvePolicy;
}

/** Refuses whatever would fail later, as far as that can be known before the first call. Holds nothing. */
export async function checkRequest(
  tools: CheckTools,
  request: OpenRun,
  signal: AbortSignal,
): Promise<CheckedRequest> {
  const { limits } = tools;
  const described = compileRunDescription(request, limits);
  const batches = compileBatches(request, limits);
  const model = request.mode === 'plan' ? '' : request.model;
  const resolved = await tools.resolvePolicy(request, { ...described, model });
  const policy = tools.createPolicy(resolved.policy);
  const host = request.mode === 'plan' ? null : await tools.hosts.find(request.model, signal);
  const run = host === null ? described : { ...described, network: networkShape(host.model) };
  const plan = planRun({ policy, run, granularity: resolved.granularity });
  const planned = { ...plan, warnings: [...resolved.warnings, ...plan.warnings] };
  if (host === null) return { request, batches, planned, model: null };
  if (planned.callCount !== run.calls) {
    const rule = `one that keeps the run's ${run.calls} calls in mode ${request.mode}`;
    throw invalidArgument('policy', rule, `${policy} with ${planned.callCount}`);
  }
  const keptSites = planned.setup.sites.map((site) => describeSite(host.model, site));
  const checked = { request, batches, planned, model: { ...host, keptSites } };
  if (request.mode === 'intercept') assertHistory(limits, checked);
  return checked;
}

/** Refuses a run whose histories have no place, before its first call and not in its middle. */
function assertHistory(
  limits: ServiceLimits,
  checked: CheckedRequest & { readonly model: { readonly keptSites: readonly SiteDescription[] } },
): void {
  const { request, batches, planned, model } = checked;
  if (request.historyPlace === 'host') return assertForwardable(model.keptSites);
  const bytesPerBatch = (batch: number): number =>
    model.keptSites.reduce((sum, site) => sum + byteLength(withBatch(site.output, batch)), 0);
  const features = [...batches.values()].reduce((sum, batch) => sum + bytesPerBatch(batch), 0);
  assertWithinLimit(limits, {
    limit: 'maxBytesPerRun',
    what: 'bytes of history and shared memory',
    asked: planned.setup.historySize * features + request.sharedBytes,
  });
}

function assertForwardable(sites: readonly SiteDescription[]): void {
  const composed = sites.find((site) => !site.isForwardable);
  if (composed === undefined) return;
  const site = JSON.stringify(composed.name);
  const rule = `sidecar: the model host does not compute ${site} by itself and cannot keep it`;
  throw invalidArgument('history_place', rule, 'host');
}
