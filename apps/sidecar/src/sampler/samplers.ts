import { invalidArgument } from '@forecache/core';
import { createAb2Solver } from './ab2-solver.js';
import { createDpmpp2mSolver } from './dpmpp-2m-solver.js';
import { createEulerAncestralSolver } from './euler-ancestral-solver.js';
import { createEulerSolver } from './euler-solver.js';
import { createHeunSolver } from './heun-solver.js';
import { assertTimes, type SamplerTimes } from './sampler-times.js';
import type { Solver } from './solver.js';
import { createUniPcSolver } from './unipc-solver.js';

const CREATORS = Object.freeze({
  euler: createEulerSolver,
  heun: createHeunSolver,
  ab2: createAb2Solver,
  'dpmpp-2m': createDpmpp2mSolver,
  unipc: createUniPcSolver,
  'euler-ancestral': (times: SamplerTimes) => createEulerAncestralSolver(times),
});

/** What `--sampler` takes. */
export type SamplerName = keyof typeof CREATORS;

/** Every sampler, the plainest first. */
export const SAMPLERS = Object.freeze(Object.keys(CREATORS)) as readonly SamplerName[];

/** The sampler when a person names none: the one that the embedded model was judged with. */
export const DEFAULT_SAMPLER: SamplerName = 'euler';

/** A sampler by name. */
export function parseSampler(name: string): SamplerName {
  const found = SAMPLERS.find((sampler) => sampler === name);
  if (found !== undefined) return found;
  throw invalidArgument('sampler', `one of ${SAMPLERS.join(', ')}`, name);
}

/** A sampler over given times, even, shifted or found by other means. */
export function createSolver(sampler: SamplerName, times: SamplerTimes): Solver {
  assertTimes(times);
  return CREATORS[sampler](times);
}
