import { lineVariant, testPreset } from '../../test/presets.js';
import { chooseVariant, type VariantWish } from '../index.js';

const countFor = (wish: VariantWish, preset = testPreset()) =>
  chooseVariant(preset, wish).fullCalls.length;

const unmeasured = testPreset({
  variants: [[0], [0, 4], [0, 2, 5], [0, 2, 4, 6]].map((calls) => lineVariant(calls, 9)),
});

describe('chooseVariant', () => {
  it('takes a number of full calls', () => expect(countFor({ fullCalls: 3 })).toBe(3));

  it('takes the fewest full calls within an error in per cent', () => {
    expect(countFor({ maxError: 3.1 })).toBe(2);
    expect(countFor({ maxError: 2 })).toBe(3);
    expect(countFor({ maxError: 0.2 })).toBe(5);
  });

  it('takes the fewest full calls with a PSNR', () => {
    expect(countFor({ targetPsnr: 10 })).toBe(2);
    expect(countFor({ targetPsnr: 38 })).toBe(3);
    expect(countFor({ targetPsnr: 46 })).toBe(5);
  });

  it('by itself takes 40 dB, else the highest PSNR, else a quarter of the calls', () => {
    expect(countFor({})).toBe(5);
    const worse = testPreset({ variants: testPreset().variants.slice(0, 2) });
    expect(countFor({}, worse)).toBe(3);
    // 9 / 4 = 2.25
    expect(countFor({}, unmeasured)).toBe(2);
  });

  it('of two counts as near to a quarter takes the larger', () => {
    const identity = { ...testPreset().identity, calls: 10, steps: 10, timesteps: [] };
    const variants = [lineVariant([0, 4], 10), lineVariant([0, 2, 4], 10)];
    expect(countFor({}, testPreset({ identity, variants }))).toBe(3);
  });

  it.each<[VariantWish, string]>([
    [{ fullCalls: 4 }, 'full_calls must be one of 2, 3, 5, got 4'],
    [
      { maxError: 0.1 },
      'max_error must be an error in per cent that preset demo-euler-9 has by full calls (2: 3.1 %, 3: 1.2 %, 5: 0.2 %), got 0.1',
    ],
    [
      { targetPsnr: 50 },
      'target_psnr must be a PSNR in dB that preset demo-euler-9 has by full calls (2: 32 dB, 3: 38 dB, 5: 46 dB), got 50',
    ],
    [
      { fullCalls: 3, targetPsnr: 50 },
      'full_calls and target_psnr both choose the variant: give one of them',
    ],
  ])('says of %j what there is', (wish, message) => {
    expect(() => countFor(wish)).toThrow(message);
  });

  it('says that nothing was measured', () => {
    expect(() => countFor({ maxError: 5 }, unmeasured)).toThrow(
      'max_error must be an error in per cent that preset demo-euler-9 has by full calls (none measured), got 5',
    );
  });
});
