/** A RangeError in the house's wording: `height must be a multiple of 16, got 1000`. */
export function invalidArgument(name: string, rule: string, value: unknown): RangeError {
  return new RangeError(`${name} must be ${rule}, got ${printValue(value)}`);
}

function printValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  return String(value);
}
