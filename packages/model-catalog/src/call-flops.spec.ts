import {
  callFlops,
  fullCallFlops,
  layerTable,
  listModels,
  partialFlops,
  publishedFlops,
  type CatalogSite,
  type LayerTable,
} from './index.js';

const tables = listModels().map(({ name }) => layerTable(name));

function siteOf(table: LayerTable, name: string): CatalogSite {
  const site = table.sites.find((candidate) => candidate.name === name);
  if (site === undefined) throw new Error(`${table.model} has no site ${name}`);
  return site;
}

describe.each(tables)('callFlops of $model', (table) => {
  const sites = table.sites.reduce((sum, { flops }) => sum + flops, 0);
  const always = table.always.reduce((sum, { flops }) => sum + flops, 0);

  it('is the sites and what runs always', () => {
    expect(fullCallFlops(table)).toBe(sites + always);
    expect(callFlops(table, () => 'none')).toBe(always);
  });

  it('saves the modulations of bypassed blocks, and only those', () => {
    const outside = table.always.filter(({ block }) => block === null);
    const rest = outside.reduce((sum, { flops }) => sum + flops, 0);
    expect(callFlops(table, () => 'skip')).toBe(rest);
  });

  it('keeps the modulation of a block with one site that is not skipped', () => {
    const [first] = table.sites;
    const modulations = table.always.filter(({ block }) => block === null || block === 0);
    const expected = modulations.reduce((sum, { flops }) => sum + flops, 0);
    expect(callFlops(table, (site) => (site === first ? 'none' : 'skip'))).toBe(expected);
  });

  it('at all tokens of an MLP is the whole MLP', () => {
    const mlps = table.sites.filter(({ kind }) => kind === 'mlp');
    expect(mlps.length).toBeGreaterThan(0);
    for (const site of mlps) expect(partialFlops(site, site.tokens)).toBe(site.flops);
  });

  it('grows in proportion to the samples', () => {
    const three = layerTable(table.model, { samples: 3 });
    expect(fullCallFlops(three)).toBe(3 * fullCallFlops(table));
  });

  it('is a positive whole number at every site', () => {
    for (const { flops } of [...table.sites, ...table.always]) {
      expect(Number.isSafeInteger(flops) && flops > 0).toBe(true);
    }
  });
});

describe('partialFlops', () => {
  it("keeps DiT's LayerNorms when no token was chosen", () => {
    // 2 samples, 256 tokens: 2 n C for both norms of the block.
    const mlp = siteOf(layerTable('dit-xl-2-256'), 'blocks.3.mlp');
    expect(partialFlops(mlp, 0)).toBe(2 * 2 * 256 * 1152);
  });

  it('of a single block leaves out q, k, v and the attention', () => {
    const single = siteOf(layerTable('flux.1-dev'), 'blocks.19.single');
    // LayerNorm 4 D, up 2 · D · 4 D, GELU 4 D, down 2 · 5 D · D.
    expect(partialFlops(single, 1)).toBe(18 * 3072 ** 2 + 8 * 3072);
  });

  it("of a single block of HunyuanVideo pays for q, k, v, as the authors' code does", () => {
    const single = siteOf(layerTable('hunyuan-video'), 'blocks.20.single');
    expect(partialFlops(single, 1)).toBe(24 * 3072 ** 2 + 8 * 3072);
  });

  it('of attention is its share of query rows', () => {
    const attention = siteOf(layerTable('dit-xl-2-256'), 'blocks.0.attention');
    expect(partialFlops(attention, 64)).toBe(attention.flops / 4);
  });

  it('of cross-attention pays for the keys and values of the prompt once', () => {
    const site = siteOf(layerTable('wan2.1-t2v-1.3b'), 'blocks.0.cross-attention');
    expect(partialFlops(site, 0)).toBe(2 * 512 * 1536 * (2 * 1536));
    expect(partialFlops(site, site.tokens)).toBe(site.flops);
  });

  it.each([
    [-1, '-1'],
    [257, '257'],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [-0.5, '-0.5'],
  ])('refuses %f tokens', (tokens, printed) => {
    const site = siteOf(layerTable('dit-xl-2-256'), 'blocks.3.mlp');
    expect(() => partialFlops(site, tokens)).toThrow(
      new RangeError(`tokens at blocks.3.mlp must be an integer between 0 and 256, got ${printed}`),
    );
  });
});

describe('projection', () => {
  it('is the output projection for every token', () => {
    const table = layerTable('flux.1-dev');
    const work = (site: CatalogSite) =>
      site.name === 'blocks.0.image.attention' ? 'projection' : 'none';
    const projection = callFlops(table, work) - callFlops(table, () => 'none');
    expect(projection).toBe(2 * 4096 * 3072 * 3072);
  });

  it('is refused where the host does not run it apart', () => {
    expect(() => callFlops(layerTable('dit-xl-2-256'), () => 'projection')).toThrow(
      'work at blocks.0.attention must be full, none, skip or tokens, got "projection"',
    );
  });
});

describe('publishedFlops', () => {
  const flux = layerTable('flux.1-dev');

  it.each([
    [74_392_234_868_736, 74_390_000_000_000],
    [22_713_974_784, 22_710_000_000],
    [12_068_797_257_867_263, 12_068_800_000_000_000],
    [0, 0],
  ])('prints %d as calflops does', (flops, printed) => {
    expect(publishedFlops(flux, flops)).toBeCloseTo(printed, 0);
  });

  it("leaves the DiT repository's whole numbers alone", () => {
    const dit = layerTable('dit-xl-2-256');
    expect(publishedFlops(dit, fullCallFlops(dit))).toBe(474_705_624_064);
  });
});
