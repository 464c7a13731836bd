import { printBytes, printFlops } from './print-quantity.js';

describe('print a quantity', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.000 kB'],
    [524_288, '524.3 kB'],
    [2_151_677_952, '2.152 GB'],
    [999_960, '1000 kB'],
  ])('%i bytes are %s', (bytes, text) => expect(printBytes(bytes)).toBe(text));

  it.each([
    [22_713_974_784, '22.71 GFLOPs'],
    [74.392e12, '74.39 TFLOPs'],
    [3719.5e12, '3719.5 TFLOPs'],
  ])('%f operations are %s: tera is the largest', (flops, text) =>
    expect(printFlops(flops)).toBe(text),
  );
});
