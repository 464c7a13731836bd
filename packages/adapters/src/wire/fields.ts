import { invalidArgument } from '@forecache/core';

const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const RUN_ID = /^[a-z0-9-]{1,64}$/;

/** A message field that has to be set. */
export function required<Message>(message: Message | null | undefined, name: string): Message {
  if (message === null || message === undefined) throw invalidArgument(name, 'set', message);
  return message;
}

/** A `uint64` that fits a JavaScript number exactly. */
export function decodeCount(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw invalidArgument(name, 'an integer in 0..2^53 - 1', value);
}

/** Numbers of which none is NaN or infinite. */
export function decodeFinite(values: readonly number[], name: string): readonly number[] {
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) throw invalidArgument(`${name}[${index}]`, 'finite', value);
  });
  return values;
}

/** The name of a branch, site or conditioning tensor. */
export function assertIdentifier(name: string, value: string): string {
  if (IDENTIFIER.test(value)) return value;
  throw invalidArgument(name, '1 to 64 characters of [A-Za-z0-9_.-]', value);
}

/** An id of a run, chosen by whoever opens it. */
export function assertRunId(name: string, value: string): string {
  if (RUN_ID.test(value)) return value;
  throw invalidArgument(name, '1 to 64 characters of [a-z0-9-]', value);
}

/** Text of at most `longest` characters. */
export function assertText(name: string, value: string, longest: number): string {
  if (value.length <= longest) return value;
  throw invalidArgument(name, `at most ${longest} characters long`, value.length);
}
