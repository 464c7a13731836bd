import { schedulePreset } from '@forecache/cache-policy';
import { classAccuracy, frechetDistance, gaussianStatistics } from '@forecache/evaluation';
import { labelsFor, toImages, withJudges } from '@forecache/sidecar';
import { candidatesFor } from './front-candidates.js';
import { bestOf } from './front-choose.js';
import { JUDGED } from './front-images.js';
import { addToRecord, readRecord, rowsAt, type PathCheck } from './front-record.js';
import {
  sampleByPolicy,
  sampleFully,
  sampleMethod,
  samplePreset,
  type Sampled,
} from './front-sample.js';
import { distancesOf, type FrontRun } from './front-run.js';

/** Families whose best setting is judged beside the preset. */
const JUDGED_FAMILIES = ['TaylorSeer', 'fewer steps, even', 'fewer steps, optimised'];

const FULL = 'full compute';

/** Judges a thousand images of full compute, the preset and its best rivals as a set. */
export async function judgeFront(run: FrontRun, fullCalls: number): Promise<void> {
  const { studio, file, output } = run;
  const makers = makersOf(run, fullCalls);
  const known = new Set(readRecord(file).judged.map(({ label }) => label));
  if ([...makers.keys()].every((label) => known.has(label))) return;
  const { manifest } = studio;
  const labels = labelsFor(manifest, 'cycle', JUDGED.count);
  const full = await sampleFully(studio, JUDGED);
  await withJudges(manifest, labels, async ({ classifier, reference }) => {
    for (const [label, make] of makers) {
      if (known.has(label)) continue;
      const { samples, calls } = label === FULL ? full : await make();
      const { logits, features } = await classifier.judge(toImages(samples, manifest.image));
      const row = {
        label,
        calls,
        frechet: frechetDistance(gaussianStatistics(features), reference),
        classAccuracy: classAccuracy(logits, labels),
        psnr: label === FULL ? null : distancesOf(samples, full.samples, manifest.image).psnr.mean,
      };
      addToRecord(file, { judged: [row] });
      output.note(`judged ${label}: Fréchet ${row.frechet.toFixed(3)}`);
    }
  });
}

function makersOf(
  { studio, file }: FrontRun,
  fullCalls: number,
): ReadonlyMap<string, () => Promise<Sampled>> {
  const record = readRecord(file);
  const test = rowsAt(record, { set: 'test', fullCalls });
  const climbed = record.climbs.find((climb) => climb.fullCalls === fullCalls)?.schedule ?? null;
  const best = JUDGED_FAMILIES.flatMap((family) => bestOf(test, family, 1));
  const all = candidatesFor(fullCalls, studio.preset.identity.calls);
  const rivals = all.filter(({ label }) => best.some((row) => row.label === label));
  return new Map([
    [FULL, () => sampleFully(studio, JUDGED)],
    [studio.preset.name, () => samplePreset(studio, JUDGED, fullCalls)],
    ...rivals.map(
      ({ label, method }) =>
        [label, () => sampleMethod(studio, JUDGED, { method, fullCalls, climbed })] as const,
    ),
  ]);
}

/** Images of the comparison of both paths. */
const PATH_SET = { name: 'test', seed: 1, count: 32 } as const;

/** Whether a sidecar in plan mode gives what the calibration's walk gives. */
export async function checkPath(
  { studio, file, output }: FrontRun,
  fullCalls: number,
): Promise<void> {
  if (readRecord(file).path !== null) return;
  const { image } = studio.manifest;
  const full = await sampleFully(studio, PATH_SET);
  const walked = await samplePreset(studio, PATH_SET, fullCalls);
  const { identity } = studio.preset;
  const wish = { fullCalls };
  const { policy, granularity } = schedulePreset(studio.preset, { wish, others: {} }, identity);
  const planned = await sampleByPolicy(studio, PATH_SET, { policy, granularity });
  const psnrOf = ({ samples }: Sampled) => distancesOf(samples, full.samples, image).psnr.mean;
  const path: PathCheck = {
    fullCalls: planned.calls,
    images: PATH_SET.count,
    walk: psnrOf(walked),
    sidecar: psnrOf(planned),
  };
  addToRecord(file, { path });
  output.note(`preset: ${path.walk} dB by the walk, ${path.sidecar} dB through a sidecar`);
}
