import type { NetworkShape, OpenRun } from '@forecache/adapters';
import { invalidArgument } from '@forecache/core';
import type { RunDescription } from '@forecache/cache-policy';
import { assertWithinLimit, type ServiceLimits } from './limits.js';

/** Throws unless a request makes sense by itself, before any host is asked. Answers the run's facts. */
export function compileRunDescription(request: OpenRun, limits: ServiceLimits): RunDescription {
  const { steps, timesteps, sigmas, network } = request.run;
  assertPositiveInteger('run.steps', steps);
  assertWithinLimit(limits, { limit: 'maxCalls', what: 'run.steps', asked: steps });
  const calls = request.run.calls === 0 ? steps : request.run.calls;
  assertPositiveInteger('run.calls', calls);
  assertWithinLimit(limits, { limit: 'maxCalls', what: 'run.calls', asked: calls });
  assertPositions('run.timesteps', timesteps, calls);
  assertPositions('run.sigmas', sigmas, calls);
  assertWithinLimit(limits, {
    limit: 'maxClientText',
    what: 'characters of client',
    asked: request.client.length,
  });
  assertModeFits(request);
  if (network !== null) assertNetwork(network, calls, limits);
  return {
    steps,
    calls,
    ...(timesteps.length > 0 && { timesteps }),
    ...(sigmas.length > 0 && { sigmas }),
    ...(network !== null && { network }),
  };
}

/** Samples by branch; a run without branches has one, `joint`. */
export function compileBatches(
  request: OpenRun,
  limits: ServiceLimits,
): ReadonlyMap<string, number> {
  const { branches } = request;
  assertWithinLimit(limits, { limit: 'maxBranches', what: 'branches', asked: branches.length });
  if (branches.length === 0) return new Map([['joint', 1]]);
  const batches = new Map<string, number>();
  branches.forEach(({ branch, batch, tensors }, index) => {
    if (batches.has(branch)) throw invalidArgument('branches', 'of different names', branch);
    batches.set(branch, batch);
    tensors.forEach(({ tensor }, position) => {
      if (tensor.place === 'inline' || request.mode === 'plan') return;
      const name = `branches[${index}].tensors[${position}].tensor`;
      throw invalidArgument(name, 'inline: the run has no shared memory yet', tensor.place);
    });
  });
  return batches;
}

function assertModeFits({ mode, sharedBytes, historyPlace, run }: OpenRun): void {
  if (mode === 'plan' && sharedBytes > 0) {
    throw invalidArgument('shared_bytes', '0 in mode plan, where no tensor moves', sharedBytes);
  }
  if (historyPlace === 'host' && mode === 'plan') {
    throw invalidArgument('history_place', 'sidecar in mode plan', historyPlace);
  }
  if (mode !== 'plan' && run.network !== null) {
    const rule = `unset in mode ${mode}, where the model host says it`;
    throw invalidArgument('run.network', rule, `one of ${run.network.blocks} blocks`);
  }
  if (mode !== 'plan' && run.timesteps.length === 0) {
    throw invalidArgument('run.timesteps', `set in mode ${mode}: the model host needs them`, []);
  }
}

/** A network that a client describes: as large as limits allow, every module by its own name. */
function assertNetwork(
  { blocks, sites }: NetworkShape,
  calls: number,
  limits: ServiceLimits,
): void {
  assertWithinLimit(limits, { limit: 'maxSites', what: 'run.network.blocks', asked: blocks });
  const modules = sites.length;
  assertWithinLimit(limits, { limit: 'maxSites', what: 'modules of run.network', asked: modules });
  const what = 'modules of run.network times calls';
  assertWithinLimit(limits, { limit: 'maxPlanActions', what, asked: modules * calls });
  const names = new Set<string>();
  sites.forEach(({ name }, index) => {
    if (names.has(name)) {
      throw invalidArgument(`run.network.sites[${index}].name`, 'named once', name);
    }
    names.add(name);
  });
}

function assertPositiveInteger(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    throw invalidArgument(name, 'an integer >= 1', value);
}

function assertPositions(name: string, positions: readonly number[], calls: number): void {
  if (positions.length === 0) return;
  if (positions.length !== calls) {
    throw invalidArgument(name, `empty or one number per call (${calls})`, positions.length);
  }
  positions.forEach((position, index) => {
    if (!Number.isFinite(position)) throw invalidArgument(`${name}[${index}]`, 'finite', position);
  });
  const direction = Math.sign((positions[1] ?? 0) - (positions[0] ?? 0));
  for (let index = 1; index < positions.length; index += 1) {
    const before = positions[index - 1] ?? NaN;
    const here = positions[index] ?? NaN;
    if (direction !== 0 && Math.sign(here - before) === direction) continue;
    throw invalidArgument(name, 'strictly monotone', `${before} before ${here} at call ${index}`);
  }
}
