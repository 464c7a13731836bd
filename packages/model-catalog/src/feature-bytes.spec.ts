import { branchFeatureBytes, featureBytes, layerTable, type SizeOptions } from './index.js';

const HD = { height: 720, width: 1280 };

/** Decimal gigabytes of `sets` stored feature sets, with the digits of the table they are compared to. */
function gigabytes(bytes: number, digits: number, sets = 1): string {
  return ((sets * bytes) / 1e9).toFixed(digits);
}

describe('featureBytes(module): one feature set of the paper', () => {
  it.each<[string, SizeOptions, string]>([
    ['dit-xl-2-256', {}, '0.132'],
    ['dit-xl-2-512', {}, '0.528'],
    ['flux.1-dev', {}, '2.152'],
    ['hunyuan-video', {}, '10.153'],
    ['hunyuan-video', { height: 544, width: 960, frames: 129 }, '33.2'],
    ['hunyuan-video', { ...HD, frames: 129 }, '58.5'],
    ['wan2.1-t2v-1.3b', {}, '18.1'],
    ['wan2.1-t2v-14b', {}, '80.5'],
    ['wan2.1-t2v-14b', HD, '185.8'],
    ['hidream-i1-full', {}, '4.404'],
    ['framepack', {}, '9.2'],
  ])('of %s %o is %s GB', (model, size, expected) => {
    const digits = (expected.split('.')[1] ?? '').length;
    expect(gigabytes(featureBytes(layerTable(model, size), 'module'), digits)).toBe(expected);
  });

  it.each<[string, number, string[]]>([
    ['dit-xl-2-256', 3, ['0.132', '0.264', '0.396', '0.528', '0.661']],
    ['dit-xl-2-512', 3, ['0.528', '1.057', '1.585', '2.114', '2.642']],
    ['flux.1-dev', 3, ['2.152', '4.303', '6.455', '8.607', '10.758']],
    ['hunyuan-video', 2, ['10.15', '20.31', '30.46', '40.61']],
    ['wan2.1-t2v-1.3b', 1, ['18.1', '36.2', '54.3']],
    ['wan2.1-t2v-14b', 1, ['80.5', '161.0', '241.5']],
    ['hidream-i1-full', 2, ['4.40', '8.81', '13.21']],
  ])('of %s grows by one set an order', (model, digits, expected) => {
    const bytes = featureBytes(layerTable(model), 'module');
    expect(expected.map((_, order) => gigabytes(bytes, digits, order + 1))).toEqual(expected);
  });

  it('of one branch of Wan is half of the run', () => {
    const table = layerTable('wan2.1-t2v-1.3b');
    expect(gigabytes(branchFeatureBytes(table, 'module'), 2)).toBe('9.06');
    expect(featureBytes(table, 'module')).toBe(2 * branchFeatureBytes(table, 'module'));
  });

  it('grows with the samples of a call', () => {
    const one = featureBytes(layerTable('flux.1-dev'), 'module');
    expect(featureBytes(layerTable('flux.1-dev', { samples: 3 }), 'module')).toBe(3 * one);
  });
});

describe('featureBytes at coarser granularity', () => {
  const flux = layerTable('flux.1-dev');

  it('residual and hidden are one image-stream tensor', () => {
    expect(featureBytes(flux, 'residual')).toBe(4096 * 3072 * 2);
    expect(featureBytes(flux, 'hidden')).toBe(4096 * 3072 * 2);
    expect(featureBytes(layerTable('hunyuan-video'), 'residual')).toBe(20_400 * 3072 * 2);
  });

  it('block is one residual a block, over both streams', () => {
    expect(featureBytes(flux, 'block')).toBe(57 * 4608 * 3072 * 2);
    expect(featureBytes(layerTable('dit-xl-2-256'), 'block')).toBe(28 * 2 * 256 * 1152 * 4);
  });

  it('output and change are the latents the network returns', () => {
    expect(featureBytes(flux, 'output')).toBe(16 * 128 * 128 * 2);
    expect(featureBytes(flux, 'change')).toBe(16 * 128 * 128 * 2);
    // Noise and variance of 4 × 32 × 32 latents, two samples, float32.
    expect(featureBytes(layerTable('dit-xl-2-256'), 'output')).toBe(2 * 8 * 32 * 32 * 4);
    // 16 × 21 × 60 × 104 latents, float32, two branches.
    const wan = layerTable('wan2.1-t2v-1.3b');
    expect(featureBytes(wan, 'output')).toBe(2 * 16 * 21 * 60 * 104 * 4);
  });

  it('residuals of Wan are float32, its features bfloat16', () => {
    const table = layerTable('wan2.1-t2v-1.3b');
    expect(branchFeatureBytes(table, 'residual')).toBe(32_760 * 1536 * 4);
    expect(branchFeatureBytes(table, 'block')).toBe(30 * 32_760 * 1536 * 4);
    expect(branchFeatureBytes(table, 'module')).toBe(30 * 3 * 32_760 * 1536 * 2);
  });
});
