/**
 * What went wrong, for programs. `invalid-argument` is wrong in any state; `failed-precondition` is wrong
 * in this state (no history yet, run closed). A closed set: add a code before adding a class.
 */
export type ForecastErrorCode =
  | 'invalid-argument'
  | 'failed-precondition'
  | 'not-found'
  | 'already-exists'
  | 'resource-exhausted'
  | 'deadline-exceeded'
  | 'cancelled'
  | 'unavailable'
  | 'unimplemented'
  | 'internal';

/** The one error class of the project. The message names the thing, its value and the rule it broke. */
export class ForecastError extends Error {
  override readonly name = 'ForecastError';

  constructor(
    readonly code: ForecastErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** An `invalid-argument` error in the house's wording: `interval must be an integer >= 1, got 0`. */
export function invalidArgument(name: string, rule: string, value: unknown): ForecastError {
  return new ForecastError('invalid-argument', `${name} must be ${rule}, got ${printValue(value)}`);
}

function printValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  return String(value);
}
