import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printPreset, type Preset, type PresetVariant } from '@forecache/cache-policy';
import { forecastWeights } from '@forecache/core';

/** Forecasts by the line through the newest two features: TaylorSeer of order 1, form newton. */
export function lineVariant(
  fullCalls: readonly number[],
  calls: number,
  psnr: number | null,
): PresetVariant {
  const skipped = Array.from({ length: calls }, (_, i) => i).filter((i) => !fullCalls.includes(i));
  const weights = skipped.map((at) => {
    const history = fullCalls.filter((call) => call < at).map((call) => ({ call, position: call }));
    return [...forecastWeights({ forecaster: 'newton', order: 1, history, at }).weights];
  });
  return { fullCalls, weights, relativeError: psnr === null ? null : 10 ** (-psnr / 20), psnr };
}

/** Full calls of TaylorSeer with interval 3 and a warm-up of 2 in ten calls. */
export const EVERY_THIRD = [0, 1, 4, 7] as const;

/** A preset of ten calls of the demo model with two variants. */
export function testPreset(over: Partial<Preset> = {}): Preset {
  return {
    name: 'ten',
    identity: {
      model: 'demo',
      sampler: 'euler',
      steps: 10,
      calls: 10,
      timesteps: Array.from({ length: 10 }, (_, call) => 1 - call / 10),
      guidance: 2,
      size: '28x28',
    },
    granularity: 'output',
    provenance: { runs: 1, seeds: [1], heldOutRuns: 2, note: '' },
    variants: [lineVariant([0, 5], 10, 30), lineVariant(EVERY_THIRD, 10, 41)],
    ...over,
  };
}

/** Writes preset files into a directory, which is made if missing. */
export function writePresets(directory: string, ...presets: readonly Preset[]): void {
  mkdirSync(directory, { recursive: true });
  for (const preset of presets) {
    const text = JSON.stringify(printPreset(preset));
    writeFileSync(join(directory, `${preset.name}.json`), text);
  }
}
