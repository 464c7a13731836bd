import type { SampleDistance } from '@forecache/sidecar';

/** What a preset is moved to. */
export const TOPICS = Object.freeze([
  'classes',
  'guidance',
  'runs',
  'steps',
  'samplers',
  'training',
] as const);

/** What a preset is moved to. */
export type Topic = (typeof TOPICS)[number];

/** Numbers of full calls, of 50; of other numbers of calls about the same share. */
export const COUNTS = Object.freeze([18, 12, 9]);

/** One number of the record. */
export interface TransferCell {
  readonly topic: Topic;
  /** What is measured: `own preset`. */
  readonly contestant: string;
  /** Where: a guidance, a sampler, a number of steps. */
  readonly at: string;
  /** Full calls in 50; of other numbers of calls about the same share. */
  readonly count: number;
}

/** A number of the record with what it was measured on. */
export interface TransferRow extends SampleDistance, TransferCell {
  readonly fullCalls: readonly number[];
}

/** What a cell is called in the file. */
export function cellName({ topic, contestant, at, count }: TransferCell): string {
  return [topic, at, count, contestant].join(' | ');
}

/** About as large a share of other calls; at least 1. */
export function sameShare(count: number, calls: number): number {
  return Math.max(1, Math.round((count * calls) / 50));
}
