import { numberOption, parseNumber } from './policy-options.js';
import { autoOption, parseNumbers, textOption } from './text-option.js';

describe('numberOption', () => {
  it.each([
    [{}, 'a finite number', [-1e9, 0, 1e9], [NaN, Infinity]],
    [{ minimum: 0 }, 'a finite number >= 0', [0, 1], [-1e-9, Infinity]],
    [{ above: 0 }, 'a finite number > 0', [1e-9], [0, -1]],
    [{ minimum: 0, maximum: 1 }, 'a number between 0 and 1', [0, 1], [-0.1, 1.1]],
    [{ minimum: 0, below: 1 }, 'a finite number >= 0 and < 1', [0, 0.9], [1]],
    [{ maximum: 2 }, 'a finite number <= 2', [-5, 2], [2.1]],
  ])('%p is %s', (...[bounds, rule, good, bad]) => {
    const option = numberOption({ ...bounds, summary: 'x' });
    expect(option.rule).toBe(rule);
    expect(good.filter((value) => !option.accepts(value))).toEqual([]);
    expect(bad.filter((value) => option.accepts(value))).toEqual([]);
  });
});

describe('parseNumber', () => {
  it.each([
    ['1', 1],
    ['-0.5', -0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['+2e-3', 0.002],
    ['1E3', 1000],
  ])('reads %p', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', '.', '1 ', ' 1', '0x1', '1_0', 'e3', '1e', 'NaN', 'Infinity', '1,5', '--1'])(
    'refuses %p',
    (text) => {
      expect(parseNumber(text)).toBeUndefined();
    },
  );

  it('reads lists with a space after the comma, and no other', () => {
    expect(parseNumbers('1,0.5, 2e-3')).toEqual([1, 0.5, 0.002]);
    for (const text of ['', '1,', ',1', '1 ,2', '1,  2', '1,1e999', '1;2']) {
      expect(parseNumbers(text)).toBeUndefined();
    }
  });
});

describe('textOption and autoOption', () => {
  const word = textOption({
    summary: 'x',
    rule: 'a word of a',
    defaultValue: 'none',
    matches: (text) => /^a+$/.test(text),
  });

  it('takes what matches, and the default', () => {
    expect(['aa', 'none', 'b', ''].map((text) => word.parse(text))).toEqual([
      'aa',
      'none',
      undefined,
      undefined,
    ]);
    expect(word.accepts('none')).toBe(true);
    expect(word.accepts('b')).toBe(false);
  });

  it('auto is one more value and the default', () => {
    const option = autoOption(numberOption({ minimum: 0, summary: 'x' }), 'what is usual');
    expect(option.rule).toBe('a finite number >= 0, or auto for what is usual');
    expect(option.defaultValue).toBe('auto');
    expect([option.parse('auto'), option.parse('2'), option.parse('x')]).toEqual([
      'auto',
      2,
      undefined,
    ]);
    expect([option.accepts('auto'), option.accepts(2), option.accepts(-1)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
