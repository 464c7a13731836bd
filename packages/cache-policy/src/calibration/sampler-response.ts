import { invalidArgument } from '@forecache/core';

/**
 * How a sampler carries the network's outputs v_i on to the sample: x_s = (what does not depend on outputs) + Σ_i rows[s][i] v_i,
 * x_s the sample before call s and `rows[calls]` the final one. Found by running the sampler on unit vectors. Every
 * sampler that is linear in the outputs has one; noise that is added stays the same in all runs that are compared.
 */
export interface SamplerResponse {
  /** `[calls + 1][calls]`; 0 for i >= s. */
  readonly rows: readonly (readonly number[])[];
}

/** Calls of a run by this sampler. */
export function callsOf({ rows }: SamplerResponse): number {
  return rows.length - 1;
}

/** Throws unless there is a row for every call and the final sample, finite and without influence of later calls. */
export function assertSamplerResponse(response: SamplerResponse): void {
  const calls = callsOf(response);
  if (calls < 1) throw invalidArgument('response.rows.length', '>= 2', response.rows.length);
  response.rows.forEach((row, s) => {
    if (row.length !== calls)
      throw invalidArgument(`response.rows[${s}].length`, `one a call (${calls})`, row.length);
    row.forEach((value, i) => {
      const name = `response.rows[${s}][${i}]`;
      if (!Number.isFinite(value)) throw invalidArgument(name, 'a finite number', value);
      if (i >= s && value !== 0) throw invalidArgument(name, '0: the call comes later', value);
    });
  });
}

/** Σ_i h_i v_i moves the final sample: h_i by call. For Euler on flow matching σ_{i+1} - σ_i. */
export function finalSteps({ rows }: SamplerResponse): readonly number[] {
  return rows.at(-1) ?? [];
}
