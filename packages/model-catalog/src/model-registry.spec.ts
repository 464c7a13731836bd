import { layerTable, listModels, type SizeOptions } from './index.js';

const NAMES = [
  'dit-xl-2-256',
  'dit-xl-2-512',
  'flux.1-dev',
  'hunyuan-video',
  'wan2.1-t2v-1.3b',
  'wan2.1-t2v-14b',
  'hidream-i1-full',
  'framepack',
];

describe('listModels', () => {
  it('names the catalog', () => {
    expect(listModels().map(({ name }) => name)).toEqual(NAMES);
  });

  it('tells a size, its rules, the steps and the source of each', () => {
    expect(listModels()[3]).toEqual({
      name: 'hunyuan-video',
      title: 'HunyuanVideo',
      defaultSize: { height: 480, width: 640, frames: 65, textTokens: 256, samples: 1 },
      sizeRules: {
        height: 'an integer between 16 and 16384, a multiple of 16',
        width: 'an integer between 16 and 16384, a multiple of 16',
        frames: 'an integer between 1 and 4097, one more than a multiple of 4',
        textTokens: 'an integer between 1 and 256',
      },
      steps: 50,
      source: 'Tencent/HunyuanVideo hyvideo/modules/models.py (HYVideo-T/2-cfgdistill)',
    });
  });
});

describe('layerTable', () => {
  it('refuses an unknown name and lists the known ones', () => {
    expect(() => layerTable('flux')).toThrow(
      new RangeError(`model must be one of ${NAMES.join(', ')}, got "flux"`),
    );
  });

  it.each([
    { model: 'dit-xl-2-256', blocks: 28, branches: 1, batch: 2 },
    { model: 'dit-xl-2-512', blocks: 28, branches: 1, batch: 2 },
    { model: 'flux.1-dev', blocks: 57, branches: 1, batch: 1 },
    { model: 'hunyuan-video', blocks: 60, branches: 1, batch: 1 },
    { model: 'wan2.1-t2v-1.3b', blocks: 30, branches: 2, batch: 1 },
    { model: 'wan2.1-t2v-14b', blocks: 40, branches: 2, batch: 1 },
    { model: 'hidream-i1-full', blocks: 48, branches: 1, batch: 2 },
    { model: 'framepack', blocks: 60, branches: 1, batch: 1 },
  ])('is $model: $blocks blocks, $branches calls a step, $batch samples a call', (expected) => {
    expect(layerTable(expected.model)).toMatchObject(expected);
  });

  it.each([
    ['dit-xl-2-256', 28 * 2, 16 * 16],
    ['dit-xl-2-512', 28 * 2, 32 * 32],
    ['flux.1-dev', 19 * 4 + 38, 64 * 64],
    ['hunyuan-video', 20 * 4 + 40, 17 * 30 * 40],
    ['wan2.1-t2v-1.3b', 30 * 3, 21 * 30 * 52],
    ['wan2.1-t2v-14b', 40 * 3, 21 * 30 * 52],
    ['hidream-i1-full', 16 * 4 + 32 * 2, 64 * 64],
    // 9 × 40 × 38 in the section, and 2 × 40 × 38, 20 × 19 and 4 × 10 × 10 of history.
    ['framepack', 20 * 4 + 40, 13_680 + 3040 + 380 + 400],
  ])('of %s has %i sites, the first on %i tokens', (model, sites, tokens) => {
    const table = layerTable(model);
    expect(table.sites).toHaveLength(sites);
    expect(table.sites[0]?.tokens).toBe(tokens);
  });

  it.each(NAMES)('of %s names every site once, block after block', (model) => {
    const { sites, blocks } = layerTable(model);
    expect(new Set(sites.map(({ name }) => name)).size).toBe(sites.length);
    for (const { name, block } of sites) expect(name.startsWith(`blocks.${block}.`)).toBe(true);
    const order = sites.map(({ block }) => block);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(blocks);
  });

  it.each([
    ['dit-xl-2-256', 3, ['attention', 'mlp']],
    ['flux.1-dev', 0, ['image.attention', 'text.attention', 'image.mlp', 'text.mlp']],
    ['flux.1-dev', 19, ['single']],
    ['wan2.1-t2v-1.3b', 0, ['self-attention', 'cross-attention', 'mlp']],
    ['hidream-i1-full', 15, ['image.attention', 'text.attention', 'image.mlp', 'text.mlp']],
    ['hidream-i1-full', 16, ['attention', 'mlp']],
  ])('of %s walks block %i in order', (model, block, names) => {
    const walked = layerTable(model).sites.filter((site) => site.block === block);
    expect(walked.map(({ name }) => name)).toEqual(names.map((name) => `blocks.${block}.${name}`));
  });
});

describe('a size that a model does not take', () => {
  it.each<[string, SizeOptions, string]>([
    ['flux.1-dev', { height: 1000 }, 'height must be a multiple of 16, got 1000'],
    ['flux.1-dev', { width: 0 }, 'width must be an integer between 16 and 16384, got 0'],
    ['flux.1-dev', { width: NaN }, 'width must be an integer between 16 and 16384, got NaN'],
    ['flux.1-dev', { frames: 5 }, 'frames must be 1 (an image model), got 5'],
    ['flux.1-dev', { textTokens: 513 }, 'textTokens must be an integer between 1 and 512, got 513'],
    ['flux.1-dev', { samples: 0 }, 'samples must be an integer between 1 and 1024, got 0'],
    ['flux.1-dev', { samples: 1.5 }, 'samples must be an integer between 1 and 1024, got 1.5'],
    [
      'dit-xl-2-256',
      { height: 512 },
      'height must be 256 (the position table of this checkpoint), got 512',
    ],
    [
      'dit-xl-2-256',
      { textTokens: -0 },
      'textTokens must be 0 (a class-conditional model), got -0',
    ],
    ['hunyuan-video', { frames: 64 }, 'frames must be one more than a multiple of 4, got 64'],
    [
      'hunyuan-video',
      { height: Infinity },
      'height must be an integer between 16 and 16384, got Infinity',
    ],
    [
      'wan2.1-t2v-14b',
      { textTokens: 256 },
      'textTokens must be 512 (prompts are padded to it), got 256',
    ],
    [
      'hidream-i1-full',
      { height: 1040 },
      'height × width must be at most 1048576 pixels, got 1064960',
    ],
    [
      'framepack',
      { heigth: 640 } as SizeOptions,
      'name in a size must be one of height, width, frames, textTokens, samples, got "heigth"',
    ],
  ])('of %s: %o', (model, size, message) => {
    expect(() => layerTable(model, size)).toThrow(new RangeError(message));
  });
});
