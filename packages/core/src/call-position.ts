import { invalidArgument } from './forecast-error.js';

/** Where a call lies: its index and the coordinate that forecasts are made in. */
export interface CallPosition {
  /** Call index, counted up from 0. */
  readonly call: number;
  /** Call index, timestep or sigma, as the policy chose; rising or falling along a run. */
  readonly position: number;
}

/** Throws unless calls rise and positions rise or fall strictly, oldest first. */
export function assertCallPositions(history: readonly CallPosition[]): void {
  history.forEach(({ call, position }, index) => {
    if (!Number.isInteger(call) || call < 0) {
      throw invalidArgument(`history[${index}].call`, 'an integer >= 0', call);
    }
    if (!Number.isFinite(position)) {
      throw invalidArgument(`history[${index}].position`, 'a finite number', position);
    }
  });
  const calls = history.map((entry) => entry.call);
  if (!isRising(calls)) throw invalidArgument('history calls', 'strictly increasing', calls);
  assertMonotone(
    'history positions',
    history.map((entry) => entry.position),
  );
}

/** Throws unless the values rise, or fall, at every step. One value, or none, is fine. */
export function assertMonotone(name: string, values: readonly number[]): void {
  if (isRising(values) || isRising(values.map((value) => -value))) return;
  throw invalidArgument(name, 'strictly increasing or strictly decreasing', values);
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? NaN));
}
