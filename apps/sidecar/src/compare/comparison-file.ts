import { invalidArgument } from '@forecache/core';
import type { ComparedRow, Fact } from '@forecache/evaluation';
import { infinitiesAsText, readJson, writeWhole } from '../json-file.js';

const FORMAT = 'forecache comparison';
const VERSION = 1;

/** What a comparison has found out so far. */
export interface ComparisonRecord {
  readonly rows: readonly ComparedRow[];
  /** How and on what it was measured. */
  readonly facts: readonly Fact[];
}

/** Writes a record, whole or not at all. */
export function writeComparison(file: string, record: ComparisonRecord): Promise<void> {
  const { rows, facts } = record;
  const named = Object.fromEntries(facts.map(({ name, value }) => [name, value]));
  const content = { format: FORMAT, version: VERSION, facts: named, rows };
  return writeWhole(file, `${JSON.stringify(content, infinitiesAsText, 2)}\n`);
}

/** Reads a file that `writeComparison` wrote. `flag` names the file in messages. */
export async function readComparison(flag: string, file: string): Promise<ComparisonRecord> {
  const content = await readJson(flag, file);
  if (!isRecord(content) || content['format'] !== FORMAT || content['version'] !== VERSION) {
    throw invalidArgument(flag, `a file of format "${FORMAT}", version ${VERSION}`, file);
  }
  const { rows, facts } = content;
  if (!Array.isArray(rows) || !isRecord(facts)) {
    throw invalidArgument(flag, 'a file with rows and facts', file);
  }
  return {
    rows: rows.map((row: unknown, i) => {
      const revived = revive(row);
      if (isComparedRow(revived)) return revived;
      throw invalidArgument(`${flag} ${file}: rows[${i}]`, 'a row of a comparison', print(row));
    }),
    facts: Object.entries(facts).map(([name, value]) => ({ name, value: String(value) })),
  };
}

const TEXTS = ['key', 'label', 'method', 'policy', 'granularity', 'samplesSha256'];
const NUMBERS = ['images', 'flops', 'flopsSpeedup', 'cacheBytes', 'classAccuracy'];
const SPREAD = ['mean', 'deviation', 'smallest', 'largest', 'count'];

function isComparedRow(row: unknown): row is ComparedRow {
  if (!isRecord(row)) return false;
  const { calls, psnr, ssim, frechet, timing } = row;
  return (
    TEXTS.every((name) => typeof row[name] === 'string') &&
    hasNumbers(row, NUMBERS) &&
    hasNumbers(calls, ['full', 'partial', 'forecast']) &&
    (psnr === null || hasNumbers(psnr, SPREAD)) &&
    (ssim === null || hasNumbers(ssim, SPREAD)) &&
    (frechet === null || typeof frechet === 'number') &&
    (timing === null || isTiming(timing))
  );
}

function isTiming(timing: unknown): boolean {
  return (
    isRecord(timing) &&
    typeof timing['mode'] === 'string' &&
    hasNumbers(timing, ['images', 'batch', 'rounds']) &&
    hasNumbers(timing['msPerImage'], SPREAD) &&
    hasNumbers(timing['speedup'], SPREAD)
  );
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => typeof value[name] === 'number');
}

/** Turns the texts of `infinitiesAsText` inside spreads back into numbers. */
function revive(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const numbers: Readonly<Record<string, number>> = { Infinity, '-Infinity': -Infinity, NaN };
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const isText = typeof field === 'string' && SPREAD.includes(name);
      return [name, isText ? (numbers[field] ?? field) : revive(field)];
    }),
  );
}

function print(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
