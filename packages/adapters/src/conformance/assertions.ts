import assert from 'node:assert/strict';

import { ForecastError } from '@forecache/core';
import type { ForecastErrorCode } from '@forecache/core';

/** Asserts that a request is refused with this code and a message that matches. */
export async function assertRefused(
  request: Promise<unknown>,
  code: ForecastErrorCode,
  message: RegExp,
): Promise<void> {
  const error: unknown = await request.then(
    () => assert.fail(`expected ${code}, got an answer`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ForecastError, `expected a ForecastError, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
}

/** Asserts that all numbers agree to within `tolerance`, and that none is NaN. */
export function assertClose(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    const distance = Math.abs(value - (expected[index] ?? NaN));
    assert.ok(distance <= tolerance, `element ${index} is ${value}, expected ${expected[index]}`);
  });
}
