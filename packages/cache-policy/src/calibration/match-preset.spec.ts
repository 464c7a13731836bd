import { testPreset } from '../../test/presets.js';
import { matchPreset, type RunIdentity } from '../index.js';

const { identity } = testPreset();

/** Euler's times with a shift: rectified flows of large images have one. */
const shifted = (calls: number, shift: number) =>
  Array.from({ length: calls }, (_, call) => {
    const t = 1 - call / calls;
    return (shift * t) / (1 + (shift - 1) * t);
  });

describe('matchPreset', () => {
  it('says nothing of the run that was measured, nor of what is not known', () => {
    expect(matchPreset(testPreset(), identity)).toEqual([]);
    expect(matchPreset(testPreset(), {})).toEqual([]);
  });

  it.each<[RunIdentity, string]>([
    [
      { model: 'flux.1-dev' },
      'preset demo-euler-9 was measured on model demo, the run has flux.1-dev',
    ],
    [{ sampler: 'heun' }, 'preset demo-euler-9 was measured with sampler euler, the run has heun'],
    [{ steps: 5 }, 'preset demo-euler-9 was measured with 9 steps, the run has 5'],
    [{ steps: 5, calls: 9 }, 'preset demo-euler-9 was measured with 9 steps, the run has 5'],
    [{ guidance: 4 }, 'preset demo-euler-9 was measured at guidance 2, the run is at guidance 4'],
    [
      { guidance: null },
      'preset demo-euler-9 was measured at guidance 2, the run is without guidance',
    ],
    [{ size: '32x32' }, 'preset demo-euler-9 was measured at size 28x28, the run has 32x32'],
    [
      { steps: 20, calls: 20 },
      'preset demo-euler-9 was measured with 9 calls, the run has 20: schedule and weights are stretched, the error was measured at 9',
    ],
    [
      { timesteps: shifted(9, 3) },
      'preset demo-euler-9 was measured with other timesteps: they differ by up to 22 % of their range',
    ],
  ])('says of %j one sentence', (run, warning) => {
    expect(matchPreset(testPreset(), run)).toEqual([warning]);
  });

  it('compares names without owner and case', () => {
    const preset = testPreset({ identity: { ...identity, model: 'black-forest-labs/FLUX.1-dev' } });
    expect(matchPreset(preset, { model: 'flux.1-dev' })).toEqual([]);
  });

  it('compares timesteps in any unit and of any number of calls, to 1 %', () => {
    const inThousands = identity.timesteps.map((t) => 1000 * t);
    expect(matchPreset(testPreset(), { timesteps: inThousands })).toEqual([]);
    expect(matchPreset(testPreset(), { timesteps: shifted(30, 1) })).toEqual([]);
    expect(matchPreset(testPreset(), { timesteps: shifted(30, 3) })).toHaveLength(1);
    expect(matchPreset(testPreset(), { timesteps: shifted(9, 1.02) })).toEqual([]);
  });
});
