import { parseNumbers } from '../text-option.js';
import { isFullCallList, isWeightList } from './forecast-schedule.js';

/** What stands for reuse of the newest feature in one skipped call. */
const NONE = 'none';

/** The full calls that a text like `0,1,4,7` lists; undefined unless they rise from 0. */
export function parseFullCalls(text: string): readonly number[] | undefined {
  if (!/^\d+(,\d+)*$/.test(text)) return undefined;
  const fullCalls = text.split(',').map(Number);
  return isFullCallList(fullCalls) ? Object.freeze(fullCalls) : undefined;
}

/** The weights of every skipped call that a text like `none;1.5,-0.5` lists; undefined when any are none. */
export function parseWeights(text: string): readonly (readonly number[])[] | undefined {
  const entries = text.split(';').map((entry) => (entry === NONE ? [1] : parseNumbers(entry)));
  const weights = entries.filter((entry) => entry !== undefined);
  const areAllRead = weights.length === entries.length && weights.every(isWeightList);
  return areAllRead ? Object.freeze(weights) : undefined;
}

/** `0,1,4,7`. */
export function printFullCalls(fullCalls: readonly number[]): string {
  return fullCalls.join(',');
}

/** `none;1.5,-0.5`: with all digits, so that reading it gives the same numbers. */
export function printWeights(weights: readonly (readonly number[])[]): string {
  return weights.map((entry) => (isReuse(entry) ? NONE : entry.join(','))).join(';');
}

function isReuse(weights: readonly number[]): boolean {
  return weights.length === 1 && weights[0] === 1;
}
