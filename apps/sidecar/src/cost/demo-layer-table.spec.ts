import { createOnnxModelHost } from '@forecache/adapters';
import { demoModelDirectory, loadManifest } from '@forecache/demo-model';
import { callFlops, fullCallFlops, partialFlops } from '@forecache/model-catalog';
import { networkShape } from '../network-shape.js';
import { demoLayerTable } from './demo-layer-table.js';

describe('demoLayerTable', () => {
  it('computes in a full call what the manifest says, for both samples of guidance', async () => {
    const manifest = await loadManifest();
    expect(fullCallFlops(demoLayerTable(manifest))).toBe(2 * manifest.flopsPerSample);
  });

  it('has the modules that the model host describes, so plans name the same sites', async () => {
    const host = await createOnnxModelHost({ directory: demoModelDirectory(), intraOpThreads: 1 });
    const shape = networkShape(await host.describe());
    await host.close();
    const { blocks, sites } = demoLayerTable(await loadManifest());
    const modules = sites.map(({ name, kind, block, tokens }) => ({ name, kind, block, tokens }));
    expect({ blocks, sites: modules }).toEqual(shape);
  });

  it('computes embed, modulation and head in every call', async () => {
    const manifest = await loadManifest();
    const { embed, modulation, head } = manifest.segments;
    const always = [embed, modulation, head].reduce(
      (sum, segment) => sum + (segment?.flopsPerSample ?? NaN),
      0,
    );
    const table = demoLayerTable(manifest);
    expect(callFlops(table, () => 'none')).toBe(2 * always);
    expect(callFlops(table, () => 'skip')).toBe(2 * always);
  });

  it('computes all tokens of a site at the cost of the site', async () => {
    const { sites } = demoLayerTable(await loadManifest());
    expect(sites).toHaveLength(16);
    for (const site of sites) expect(partialFlops(site, site.tokens)).toBeCloseTo(site.flops, 6);
  });

  it('needs keys and values of all tokens for the attention of one', async () => {
    const { config, ...manifest } = await loadManifest();
    const [attention] = demoLayerTable({ config, ...manifest }).sites;
    // Two samples; a multiply and an add; keys and values: 2 T W².
    expect(attention?.partial.fixed).toBe(2 * 2 * 2 * config.tokens * config.width ** 2);
  });

  it('names the segment that a manifest lacks', async () => {
    const manifest = await loadManifest();
    const { head, ...segments } = manifest.segments;
    expect(head).toBeDefined();
    expect(() => demoLayerTable({ ...manifest, segments })).toThrow(
      'the manifest of demo has no segment head',
    );
  });
});
