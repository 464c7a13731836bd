import { loadManifest } from '@forecache/demo-model';
import { modelCost } from './model-cost.js';

describe('modelCost', () => {
  it('of a forecast call is embed, modulation and head, or nothing at granularity output', async () => {
    const manifest = await loadManifest();
    const { embed, modulation, head } = manifest.segments;
    const rest = [embed, modulation, head].reduce(
      (sum, segment) => sum + (segment?.flopsPerSample ?? NaN),
      0,
    );
    expect(modelCost(manifest, 'module').forecastCallFlops).toBe(rest);
    expect(modelCost(manifest, 'hidden').forecastCallFlops).toBe(rest);
    expect(modelCost(manifest, 'output').forecastCallFlops).toBe(0);
  });

  it('of a history is one float32 feature a site', async () => {
    const manifest = await loadManifest();
    const { tokens, width, depth } = manifest.config;
    const hidden = 4 * tokens * width;
    const bytes = (['module', 'block', 'hidden', 'output'] as const).map(
      (g) => modelCost(manifest, g).featureBytes,
    );
    expect(bytes).toEqual([2 * depth * hidden, depth * hidden, hidden, 4 * 28 * 28]);
  });
});
