import { ForecastError, invalidArgument } from '@forecache/core';
import type { ModelManifest } from '@forecache/demo-model';
import type { ComparedRow } from '@forecache/evaluation';
import { parseChoice, parseInteger } from '../command-line/parse-values.js';
import { readComparison } from './comparison-file.js';
import type { TimingSettings } from './measure-timing.js';
import { parseLineUp } from './parse-line-up.js';
import { planComparison, type ComparisonPlan } from './plan-comparison.js';
import { readLineUp } from './read-line-up.js';

/** The flags of `forecache compare` that say what is measured, as text. */
export interface ComparisonFlags {
  readonly policies?: string;
  readonly lineup?: string;
  readonly count: string;
  readonly seed: string;
  readonly class: string;
  readonly steps?: string;
  readonly guidance?: string;
  readonly batch: string;
  readonly mode: string;
  readonly rounds: string;
  readonly timingCount: string;
  /** False with `--no-timing`. */
  readonly timing: boolean;
  /** Files of earlier runs; of rows with one key the last counts. */
  readonly resume?: readonly string[];
  readonly reference?: string;
}

/** What is to be compared, complete and checked. */
export interface CompiledComparison {
  readonly plan: ComparisonPlan;
  /** Null with `--no-timing`. */
  readonly timing: TimingSettings | null;
  readonly resumed: readonly ComparedRow[];
  readonly referenceFile: string | null;
}

/** Modes of a comparison: `local` has no sidecar, hence no policy. */
export const COMPARISON_MODES = ['plan', 'intercept', 'proxy'] as const;

/** Reads the files that flags name and checks everything, before anything is started. */
export async function compileComparison(
  flags: ComparisonFlags,
  manifest: ModelManifest,
): Promise<CompiledComparison> {
  const mode = parseChoice('mode', flags.mode, COMPARISON_MODES);
  const rounds = parseInteger('rounds', flags.rounds, 1);
  const timingCount = parseInteger('timing-count', flags.timingCount, 1);
  const entries = await entriesOf(flags);
  const shared = { ...flags, mode, transfer: 'shared' };
  const plan = await planComparison(entries, shared, manifest);
  const images = Math.min(timingCount, plan.reference.job.labels.length);
  const earlier = await Promise.all((flags.resume ?? []).map(readResumed));
  return {
    plan,
    timing: flags.timing ? { images, rounds } : null,
    resumed: earlier.flatMap(({ rows }) => rows),
    referenceFile: flags.reference ?? null,
  };
}

function readResumed(file: string) {
  return readComparison('resume', file);
}

function entriesOf({ policies, lineup }: ComparisonFlags) {
  if (policies !== undefined && lineup !== undefined) {
    const message = 'policies and lineup both name the rows: give one of them';
    throw new ForecastError('invalid-argument', message);
  }
  if (lineup !== undefined) return readLineUp(lineup);
  const entries = parseLineUp(policies ?? 'all');
  if (entries.length > 0) return entries;
  throw invalidArgument('policies', 'all, or at least one policy', policies);
}
