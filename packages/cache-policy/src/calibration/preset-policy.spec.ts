import { lineVariant, testPreset } from '../../test/presets.js';
import {
  compileRunPlan,
  createPolicy,
  parsePresetRequest,
  PRESET_POLICY,
  schedulePreset,
} from '../index.js';

describe('parsePresetRequest', () => {
  it.each([
    [{}, {}],
    [{ full_calls: '12' }, { fullCalls: 12 }],
    [{ max_error: '1%' }, { maxError: 1 }],
    [{ max_error: '1' }, { maxError: 1 }],
    [{ max_error: '0.5 %' }, { maxError: 0.5 }],
    [{ target_psnr: '40' }, { targetPsnr: 40 }],
    [{ full_calls: 'auto', max_error: 'auto', target_psnr: 'auto' }, {}],
  ])('reads %j', (options, wish) => {
    expect(parsePresetRequest({ preset: 'x', ...options })).toEqual({
      preset: 'x',
      wish,
      others: {},
    });
  });

  it('hands on what changes no call', () => {
    const { others } = parsePresetRequest({ preset: 'x', shared_branch: 'cond' });
    expect(others).toEqual({ shared_branch: 'cond' });
  });

  it.each([
    [{}, 'preset must be the name of a preset, got undefined'],
    [{ preset: '' }, 'preset must be the name of a preset, got ""'],
    [{ preset: 'x', full_calls: '0' }, 'full_calls must be an integer >= 1, or auto for'],
    [{ preset: 'x', target_psnr: '-1' }, 'target_psnr must be a finite number > 0, or auto for'],
    [
      { preset: 'x', warmup: '1' },
      'preset does not take warmup: weights belong to the full calls of the preset',
    ],
    [
      { preset: 'x', speed: '1' },
      'option of preset must be one of preset, full_calls, max_error, target_psnr, shared_branch, got "speed"',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => parsePresetRequest({ ...options } as Record<string, string>)).toThrow(message);
  });
});

describe('max_error', () => {
  const percent = 'a number of per cent between 0 and 100, with or without the sign';

  it.each(['-1', '101%', '1%%', '%', '0.01x', '1e999%'])(
    'of %s is refused by preset and auto in the same words',
    (max_error) => {
      const ofPreset = messageOf(() => parsePresetRequest({ preset: 'x', max_error }));
      const ofAuto = messageOf(() => createPolicy({ name: 'auto', options: { max_error } }));
      expect(ofAuto).toBe(
        `max_error must be ${percent}: 1% and 1 are the same, got ${JSON.stringify(max_error)}`,
      );
      expect(ofPreset.replace(/, or auto for [^,;]*; without any, [^,]*,/, ',')).toBe(ofAuto);
    },
  );
});

describe('PRESET_POLICY', () => {
  it('lists its options as every policy does', () => {
    expect(PRESET_POLICY.options.map(({ name, defaultValue }) => [name, defaultValue])).toEqual([
      ['preset', ''],
      ['full_calls', 'auto'],
      ['max_error', 'auto'],
      ['target_psnr', 'auto'],
      ['shared_branch', 'none'],
    ]);
  });
});

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was thrown';
}

describe('schedulePreset', () => {
  const request = { wish: { fullCalls: 3 }, others: {} };

  it('is a policy that every host knows, called by the preset', () => {
    const { policy, granularity, warnings } = schedulePreset(testPreset(), request, { calls: 9 });
    const {
      fullCalls,
      calls,
      policy: label,
    } = compileRunPlan({
      policy: createPolicy(policy),
      run: { steps: 9, calls: 9 },
      granularity,
    });
    expect([label, fullCalls, warnings]).toEqual([
      'preset(demo-euler-9, full_calls=3)',
      [0, 2, 4],
      [],
    ]);
    // One call behind 4 on the line through 4 and 2: 1.5 and -0.5.
    expect(calls[5]?.action).toEqual({ kind: 'forecast', weights: [1.5, -0.5] });
  });

  it('fits a run of another length, and says so', () => {
    const { policy, warnings } = schedulePreset(testPreset(), request, { calls: 17 });
    const plan = compileRunPlan({ policy: createPolicy(policy), run: { steps: 17, calls: 17 } });
    expect(plan.fullCalls).toEqual([0, 4, 8]);
    expect(warnings).toHaveLength(1);
  });

  it('with every call full has no weights', () => {
    const preset = testPreset({ variants: [lineVariant([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)] });
    const { policy } = schedulePreset(preset, { wish: {}, others: {} }, { calls: 9 });
    expect(createPolicy(policy).explainFull({ steps: 9, calls: 9 })).toBe(
      'all 9 calls are in the schedule',
    );
  });
});
