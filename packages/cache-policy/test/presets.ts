import { forecastWeights } from '@forecache/core';
import type { Preset, PresetVariant } from '../src/index.js';

/** The variant that forecasts by the line through the newest two features. */
export function lineVariant(
  fullCalls: readonly number[],
  calls: number,
  errors: Partial<Pick<PresetVariant, 'relativeError' | 'psnr'>> = {},
): PresetVariant {
  const skipped = Array.from({ length: calls }, (_, i) => i).filter((i) => !fullCalls.includes(i));
  const weights = skipped.map((at) => {
    const history = fullCalls.filter((call) => call < at).map((call) => ({ call, position: call }));
    return [...forecastWeights({ forecaster: 'newton', order: 1, history, at }).weights];
  });
  return { fullCalls, weights, relativeError: null, psnr: null, ...errors };
}

/** A preset of nine calls with three variants; what a test is about goes on top. */
export function testPreset(over: Partial<Preset> = {}): Preset {
  return {
    name: 'demo-euler-9',
    identity: {
      model: 'demo',
      sampler: 'euler',
      steps: 9,
      calls: 9,
      timesteps: Array.from({ length: 9 }, (_, call) => 1 - call / 9),
      guidance: 2,
      size: '28x28',
    },
    granularity: 'output',
    provenance: { runs: 2, seeds: [1, 2], heldOutRuns: 4, note: 'a test' },
    variants: [
      lineVariant([0, 4], 9, { relativeError: 0.031, psnr: 32 }),
      lineVariant([0, 2, 4], 9, { relativeError: 0.012, psnr: 38 }),
      lineVariant([0, 2, 4, 6, 8], 9, { relativeError: 0.002, psnr: 46 }),
    ],
    ...over,
  };
}
