import { layerTable, listModels } from '@forecache/model-catalog';
import { runInProcess, runJson } from '../../test/run-in-process.js';

interface Described {
  readonly tokens: Readonly<Record<string, number>>;
  readonly granularities: readonly {
    readonly granularity: string;
    readonly forecastCallFlops: number;
    readonly branchBytes: number;
    readonly bytes: number;
  }[];
}

describe('forecache models', () => {
  it('lists the demo model and the catalog', async () => {
    const { models } = await runJson<{ models: { name: string }[] }>('models');
    const names = ['demo', ...listModels().map(({ name }) => name)];
    expect(models.map(({ name }) => name)).toEqual(names);
    const { out } = await runInProcess('models');
    expect(out.split('\n')).toHaveLength(names.length + 1);
    expect(out).toMatch(/^flux\.1-dev +FLUX\.1-dev +1024×1024, 512 text tokens +50$/m);
  });

  it('says what a call computes and stores', async () => {
    const described = await runJson<Described>('models', 'flux.1-dev');
    expect(described).toMatchObject({
      blocks: 57,
      sites: 114,
      sitesByKind: { attention: 38, mlp: 38, single: 38 },
      tokens: { image: 4096, text: 512, joint: 4608 },
      fullCallFlops: 74_392_234_868_736,
    });
    // The formula of the paper's supplement: (19 · 2 + 38) · 4608 tokens of width 3072 in two bytes.
    expect(described.granularities[0]).toEqual({
      granularity: 'module',
      forecastCallFlops: 22_713_974_784,
      branchBytes: 76 * 4608 * 3072 * 2,
      bytes: 76 * 4608 * 3072 * 2,
    });
    expect(described.granularities.at(-1)).toMatchObject({
      granularity: 'change',
      forecastCallFlops: 0,
    });
  });

  it('counts branches apart', async () => {
    const { granularities } = await runJson<Described>('models', 'wan2.1-t2v-14b');
    for (const { branchBytes, bytes } of granularities) expect(bytes).toBe(2 * branchBytes);
  });

  it('takes a size', async () => {
    const size = { height: 512, width: 768 };
    const described = await runJson<Described>(
      'models',
      'flux.1-dev',
      ...['--height', '512', '--width', '768', '--text-tokens', '256'],
    );
    expect(described.tokens).toEqual({ image: 32 * 48, text: 256, joint: 32 * 48 + 256 });
    expect(layerTable('flux.1-dev', size).sites[0]?.tokens).toBe(32 * 48);
  });

  it('prints a page for people', async () => {
    const { out } = await runInProcess('models', 'hunyuan-video', '--frames', '129');
    expect(out).toContain('480×640, 129 frames, 256 text tokens');
    expect(out).toMatch(/^hidden +\S+ GFLOPs/m);
  });

  it.each([
    [
      ['nope'],
      'error: model must be one of demo, dit-xl-2-256, dit-xl-2-512, flux.1-dev, hunyuan-video, ' +
        'wan2.1-t2v-1.3b, wan2.1-t2v-14b, hidream-i1-full, framepack, got "nope"',
    ],
    [['flux.1-dev', '--height', '1000'], 'error: height must be a multiple of 16, got 1000'],
    [
      ['dit-xl-2-256', '--width', '512'],
      'error: width must be 256 (the position table of this checkpoint), got 512',
    ],
    [
      ['demo', '--height', '32'],
      'error: height must be 28, the only one of Demo DiT, Fashion-MNIST, got 32',
    ],
    [['flux.1-dev', '--frames', 'x'], 'error: frames must be an integer >= 0, got "x"'],
    [['--height', '512'], 'error: model must be given with a size, got undefined'],
  ])('rejects %j with one line and code 2', async (args, err) => {
    expect(await runInProcess('models', ...args)).toEqual({ code: 2, out: '', err });
  });
});
