import { callsOf, type PresetIdentity, type SamplerResponse } from '@forecache/cache-policy';
import {
  ForecastError,
  gramFromTriangle,
  gramTriangle,
  invalidArgument,
  type TrajectoryGram,
} from '@forecache/core';
import { readJson, writeWhole } from '../json-file.js';
import { parseSampler, type SamplerName } from '../sampler/samplers.js';

const FORMAT = 'forecache calibration';
const VERSION = 1;

/** What full runs of the embedded model told: all that a search needs, and how to make the runs again. */
export interface Calibration {
  readonly identity: PresetIdentity & { readonly sampler: SamplerName; readonly guidance: number };
  /** Of the sampler's times. */
  readonly shift: number;
  /** Seed of every run. */
  readonly seeds: readonly number[];
  /** Class of every run. */
  readonly labels: readonly number[];
  readonly response: SamplerResponse;
  /** Inner products of the outputs of every run's calls. */
  readonly grams: readonly TrajectoryGram[];
}

/** Writes a calibration, whole or not at all. Of each symmetric matrix the upper triangle is kept, row by row. */
export function writeCalibration(file: string, calibration: Calibration): Promise<void> {
  const { grams, response, ...rest } = calibration;
  const content = {
    format: FORMAT,
    version: VERSION,
    ...rest,
    response: response.rows,
    grams: grams.map(gramTriangle),
  };
  return writeWhole(file, `${JSON.stringify(content)}\n`);
}

/** Reads what `writeCalibration` wrote. */
export async function readCalibration(file: string): Promise<Calibration> {
  const content = (await readJson('calibration', file)) as Partial<Stored>;
  if (content?.format !== FORMAT || content.version !== VERSION) {
    throw invalidArgument('calibration', `a file of format "${FORMAT}", version ${VERSION}`, file);
  }
  const { identity, shift, seeds, labels, response, grams } = content;
  if (!identity || !shift || !seeds || !labels || !response || !grams) throw incomplete(file);
  const rows = { rows: response };
  const calls = callsOf(rows);
  const sampler = parseSampler(identity.sampler);
  return {
    identity: { ...identity, sampler },
    shift,
    seeds,
    labels,
    response: rows,
    grams: grams.map((triangle, i) =>
      gramFromTriangle(`calibration ${file}: grams[${i}]`, triangle, calls),
    ),
  };
}

interface Stored {
  readonly format: string;
  readonly version: number;
  readonly identity: Calibration['identity'];
  readonly shift: number;
  readonly seeds: readonly number[];
  readonly labels: readonly number[];
  readonly response: SamplerResponse['rows'];
  readonly grams: readonly (readonly number[])[];
}

function incomplete(file: string): ForecastError {
  return new ForecastError(
    'invalid-argument',
    `calibration ${file} is not complete: record it again`,
  );
}
