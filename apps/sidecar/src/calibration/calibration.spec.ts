import { inMemorySampling } from '../../test/in-memory-sampling.js';
import { evenTimes } from '../sampler/sampler-times.js';
import { samplerResponse } from '../sampler/sampler-response.js';
import { createSolver, SAMPLERS, type SamplerName } from '../sampler/samplers.js';
import { byImage, sampleRuns, type CalibrationRuns } from './calibration-runs.js';
import { crossFitOnWalk, fitOnWalk, groupsOf } from './fit-on-walk.js';
import { gramsOf, recordFully } from './full-trajectories.js';
import { optimizeSchedule } from './optimize-schedule.js';
import { distanceOf } from './sample-distance.js';
import { bestTaylorSeer, evenSchedule } from './taylorseer-rival.js';
import { listedWeights, walkSchedule } from './walk-schedule.js';

const { signal } = new AbortController();

/** Four images of a small network without weights. */
async function tinyRuns(sampler: SamplerName = 'euler', steps = 8): Promise<CalibrationRuns> {
  const { host, manifest } = await inMemorySampling();
  const solver = createSolver(sampler, evenTimes(steps));
  return { host, manifest, solver, guidance: 2, seeds: [5, 6, 7, 8], labels: [0, 1, 2, 0] };
}

describe('recordFully', () => {
  it.each(SAMPLERS)(
    'keeps outputs that explain the samples, by the response of %s',
    async (name) => {
      const runs = await tinyRuns(name);
      const { outputs, samples } = await recordFully(runs, { signal });
      const rows = samplerResponse(runs.solver).rows;
      // The difference of two runs with other outputs is what the response makes of the outputs' difference.
      const halved = await sampleRuns(runs, {
        signal,
        wrap: (network) => ({
          async call(call, stop) {
            const { velocity, plan } = await network.call(call, stop);
            const half = outputs[call.callIndex]?.map((value) => value / 2) ?? velocity;
            return { velocity: Float32Array.from([...half, ...half]), plan };
          },
        }),
      });
      const moved = halved.map((value, i) => value - (samples[i] ?? NaN));
      moved.forEach((value, i) => {
        const expected = (rows.at(-1) ?? []).reduce(
          (sum, h, call) => sum - (h * (outputs[call]?.[i] ?? NaN)) / 2,
          0,
        );
        expect(value).toBeCloseTo(expected, 4);
      });
    },
  );
});

describe('a walk', () => {
  it('of full calls alone is the full run', async () => {
    const runs = await tinyRuns();
    const full = await recordFully(runs, { signal });
    const all = Array.from({ length: 8 }, (_, call) => call);
    expect(await walkSchedule(runs, listedWeights(all, []), { signal })).toEqual(full.samples);
  });

  it('adds up what full calls gave, by the weights of each skipped call', async () => {
    const runs = await tinyRuns('euler', 4);
    const { outputs } = await recordFully(runs, { signal });
    // Calls 1 to 3 are 1, 0.5 and 2 times the first output: the sample moves by 4.5 quarters of it.
    const weights = [[1], [0.5], [2]];
    const samples = await walkSchedule(runs, listedWeights([0], weights), { signal });
    const start = await walkSchedule(runs, listedWeights([0], [[0], [0], [-1]]), { signal });
    // The first output and its opposite cancel, so `start` is the noise.
    samples.forEach((value, i) =>
      expect(value).toBeCloseTo((start[i] ?? NaN) - (4.5 / 4) * (outputs[0]?.[i] ?? NaN), 4),
    );
  });

  it('can give groups of images weights of their own', async () => {
    const runs = await tinyRuns('euler', 4);
    const own = {
      fullCalls: [0],
      gapWeights: () => [
        [[1], [1], [1]],
        [[2], [2], [2]],
      ],
    };
    const samples = byImage(await walkSchedule(runs, own, { signal }), 2);
    const ones = byImage(
      await walkSchedule(runs, listedWeights([0], [[1], [1], [1]]), { signal }),
      2,
    );
    const twos = byImage(
      await walkSchedule(runs, listedWeights([0], [[2], [2], [2]]), { signal }),
      2,
    );
    expect(samples[0]).toEqual(ones[0]);
    expect(samples[1]).toEqual(twos[1]);
  });
});

describe('a fit on the walk', () => {
  const fullCalls = [0, 2, 5];
  async function problem() {
    const runs = await tinyRuns();
    const full = await recordFully(runs, { signal });
    const response = samplerResponse(runs.solver);
    const fit = { full, response, positions: runs.solver.timesteps, fullCalls };
    return { runs, full, fit: { ...fit, history: 3, ridge: 1e-4 } };
  }

  it('brings the images it is fitted on closer than its start, the line through two features', async () => {
    const { runs, full, fit } = await problem();
    const distance = async (ridge: number) => {
      const { samples } = await fitOnWalk(runs, { ...fit, ridge }, { signal });
      return distanceOf(samples, full.samples, runs.manifest.image).relativeError;
    };
    expect(await distance(1e-4)).toBeLessThan(await distance(1e9));
  });

  it('has weights that give the same samples when they are given', async () => {
    const { runs, fit } = await problem();
    const { samples, weights, growth } = await fitOnWalk(runs, fit, { signal });
    expect(await walkSchedule(runs, listedWeights(fullCalls, weights), { signal })).toEqual(
      samples,
    );
    expect(growth).toHaveLength(9);
  });

  it('walks every group of images by weights that were fitted on the others', async () => {
    const { runs, fit } = await problem();
    const crossed = byImage(await crossFitOnWalk(runs, fit, { signal }), 4);
    const fitted = byImage((await fitOnWalk(runs, fit, { signal })).samples, 4);
    crossed.forEach((samples, image) => expect(samples).not.toEqual(fitted[image]));
    expect([16, 9, 6, 5, 1].map(groupsOf)).toEqual([4, 3, 3, 1, 1]);
  });
});

describe('optimizeSchedule', () => {
  it('is no worse on left-out images than without moving full calls, and tells what it did', async () => {
    const runs = await tinyRuns();
    const full = await recordFully(runs, { signal });
    let walks = 0;
    const shared = {
      runs,
      full,
      grams: gramsOf(full.outputs, 4),
      response: samplerResponse(runs.solver),
      positions: runs.solver.timesteps,
      choices: [{ history: 2, ridge: 1e-3 }],
      signal,
      onWalk: () => void (walks += 1),
    };
    const found = await optimizeSchedule({ ...shared, attempts: 0 }, 3);
    const walksWithoutMoves = walks;
    const moved = await optimizeSchedule({ ...shared, attempts: 5 }, 3);
    expect(found.fullCalls).toHaveLength(3);
    expect(found.weights).toHaveLength(5);
    expect(moved.crossFitted.psnr).toBeGreaterThanOrEqual(found.crossFitted.psnr);
    expect(walks).toBeGreaterThan(2 * walksWithoutMoves);
  });
});

describe('the TaylorSeer to beat', () => {
  it('spaces full calls evenly and is the closest of its orders', async () => {
    expect(evenSchedule(50, 12)).toEqual([0, 4, 8, 13, 17, 21, 25, 29, 33, 38, 42, 46]);
    const runs = await tinyRuns();
    const full = await recordFully(runs, { signal });
    const rival = await bestTaylorSeer(runs, full, { count: 3, signal });
    const reuse = listedWeights(
      rival.fullCalls,
      rival.weights.map(() => [1]),
    );
    const reused = await walkSchedule(runs, reuse, { signal });
    expect(rival.psnr).toBeGreaterThanOrEqual(
      distanceOf(reused, full.samples, runs.manifest.image).psnr,
    );
  });
});

describe('distanceOf', () => {
  it('is relative to what the samples are, and in dB of the pictures', () => {
    const format = { channels: 1, height: 1, width: 2, range: [-1, 1] as const };
    const full = Float32Array.of(0.6, 0.8);
    const distance = distanceOf(Float32Array.of(0.6, 0.6), full, format);
    // Off by 0.2 of length 1; pictures by 0.1 in one of two pixels: 10 log10(2 / 0.01).
    expect(distance.relativeError).toBeCloseTo(0.2, 6);
    expect(distance.psnr).toBeCloseTo(23.01, 2);
  });
});
