import { ForecastError } from '@forecache/core';
import type { ComparedRow, Image } from '@forecache/evaluation';
import { judgeImages, type Judges, type LendJudges } from '../evaluation-model/judge-images.js';
import type { Generated } from '../generation/generate-images.js';
import { generateRow, type RowTools } from '../generation/generate-row.js';
import { toImages } from '../sampler/image-range.js';
import { costOf } from './cost-of.js';
import type { ComparisonPlan, PlannedRow } from './plan-comparison.js';
import { hashOfSamples, readSamples, writeSamples } from './reference-samples.js';

/** What `measureQuality` takes. */
export interface QualityOptions extends RowTools {
  readonly plan: ComparisonPlan;
  /** Rows measured before, by key: they are not measured again. */
  readonly known: ReadonlyMap<string, ComparedRow>;
  /** Keeps full compute's samples between runs; null to keep nothing. */
  readonly referenceFile: string | null;
  /** Lends whoever judges the images. */
  readonly withJudges: LendJudges;
  /** Told after every new row, with its images. */
  onRow(row: ComparedRow, images: readonly Image[]): Promise<void>;
}

/**
 * Makes and judges the images of every row that is not known yet, one row after the other: only full compute's images
 * and those of the row at hand are in memory. Deterministic, so it may run on a busy machine; no time is recorded.
 */
export async function measureQuality(options: QualityOptions): Promise<void> {
  const { plan, known, workshop, withJudges } = options;
  const missing = plan.rows.filter(({ key }) => !known.has(key));
  if (missing.length === 0) return;
  const { labels } = plan.reference.job;
  await withJudges(workshop.manifest, labels, async (judges) => {
    const references = await referenceImages(options, judges);
    for (const row of missing) {
      if (row === plan.reference) continue;
      const generated = await generate(options, row);
      const judged = await judgedRow({ options, row, generated, references, judges });
      await options.onRow(judged, generated.images);
    }
  });
}

/** Full compute's images: from an earlier run where its bits are kept, else made now. */
async function referenceImages(options: QualityOptions, judges: Judges): Promise<readonly Image[]> {
  const { plan, known, referenceFile, workshop, output } = options;
  const row = plan.reference;
  const earlier = known.get(row.key);
  if (earlier !== undefined && referenceFile !== null) {
    const samples = await readSamples(referenceFile, earlier.samplesSha256);
    if (samples !== null) return toImages(samples, workshop.manifest.image);
  }
  const generated = await generate(options, row);
  if (referenceFile !== null) await writeSamples(referenceFile, generated.samples);
  if (earlier === undefined) {
    const judged = await judgedRow({ options, row, generated, references: null, judges });
    await options.onRow(judged, generated.images);
  } else if (earlier.samplesSha256 !== hashOfSamples(generated.samples)) {
    output.warn(
      'full compute does not give the bits of the resumed file: another machine or library made those rows',
    );
  }
  return generated.images;
}

async function generate(options: QualityOptions, { entry, job }: PlannedRow): Promise<Generated> {
  const { label } = entry;
  const summary = ({ images, wallMs }: Generated) =>
    `${images.length} images in ${(wallMs / 1000).toFixed(1)} s`;
  const generated = await generateRow(options, job, { label, summary });
  const { fallback } = generated;
  if (fallback === null) return generated;
  const message = `${label}: the sidecar was gone from call ${fallback.callIndex} of run ${fallback.run} on`;
  throw new ForecastError('unavailable', message);
}

interface JudgedRow {
  readonly options: QualityOptions;
  readonly row: PlannedRow;
  readonly generated: Generated;
  /** Null for full compute itself. */
  readonly references: readonly Image[] | null;
  readonly judges: Judges;
}

async function judgedRow(parts: JudgedRow): Promise<ComparedRow> {
  const { options, row, generated, references, judges } = parts;
  const { manifest } = options.workshop;
  return {
    key: row.key,
    label: row.entry.label,
    method: row.entry.method,
    policy: row.policy,
    granularity: row.job.granularity,
    images: generated.images.length,
    ...costOf({ manifest, steps: row.job.steps, setup: generated.setup, runs: generated.runs }),
    ...(await judgeImages(generated.images, references, judges)),
    samplesSha256: hashOfSamples(generated.samples),
    timing: null,
  };
}
