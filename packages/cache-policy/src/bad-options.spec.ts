import { createPolicy, listPolicies } from './index.js';

/** Texts that no option takes, whatever its rule. */
const NEVER = ['', ' ', ' 1', '1 ', '1,', '=', '(', 'one two', '\u0000'];

const NOT_A_NUMBER = ['NaN', 'Infinity', '-Infinity', '0x10', '1_000', '1e', 'one', 'true', '--1'];

/** Texts outside the bounds that a rule names, and of another kind. */
function badValues(rule: string): readonly string[] {
  const bounds = [...rule.matchAll(/(>=|>|<=|<) (-?[\d.]+)/g)].map(([, sign, bound]) => {
    const value = Number(bound);
    return String(sign === '>=' ? value - 1 : sign === '<=' ? value + 1 : value);
  });
  const between = /between (-?[\d.]+) and (-?[\d.]+)/.exec(rule);
  const outside =
    between === null ? [] : [Number(between[1]) - 1, Number(between[2]) + 1].map(String);
  if (rule.startsWith('an integer')) {
    return [...NEVER, ...NOT_A_NUMBER, '1.5', '1.0', '1e1', '9'.repeat(20), ...bounds, ...outside];
  }
  if (/^a (finite )?number/.test(rule))
    return [...NEVER, ...NOT_A_NUMBER, '1e999', ...bounds, ...outside];
  if (rule.startsWith('one of')) return [...NEVER, 'One', 'no-such-choice', '1', 'toString'];
  return NEVER;
}

/** Every option of every policy with every bad value. */
const CASES = listPolicies().flatMap(({ name, options }) =>
  options.flatMap((option) =>
    badValues(option.rule).map((value) => ({
      name,
      option: option.name,
      rule: option.rule,
      value,
    })),
  ),
);

/** What a policy needs besides. */
const required = (name: string): Record<string, string> =>
  name === 'fewer-steps' ? { steps: '3' } : {};

describe('a bad option', () => {
  it('is tried for every option of every policy', () => {
    const tried = new Set(CASES.map(({ name, option }) => `${name}.${option}`));
    const all = listPolicies().flatMap(({ name, options }) =>
      options.map((option) => `${name}.${option.name}`),
    );
    expect([...tried]).toEqual(all);
    expect(CASES.length).toBeGreaterThan(1000);
  });

  it.each(listPolicies())(
    'of $name is refused with its name, its value and the rule',
    ({ name }) => {
      for (const { option, rule, value } of CASES.filter((entry) => entry.name === name)) {
        const create = () =>
          createPolicy({ name, options: { ...required(name), [option]: value } });
        const message = `${option} must be ${rule}, got ${JSON.stringify(value)}`;
        expect(create).toThrow(expect.objectContaining({ code: 'invalid-argument', message }));
      }
    },
  );

  it.each(listPolicies())(
    'of $name under a peer’s name is refused under that name',
    ({ name, options }) => {
      for (const { aliases, rule } of options) {
        for (const alias of aliases) {
          expect(() => createPolicy({ name, options: { [alias]: '?' } })).toThrow(
            expect.objectContaining({ message: `${alias} must be ${rule}, got "?"` }),
          );
        }
      }
    },
  );

  it.each(listPolicies())(
    'that $name does not have is refused with those it has',
    ({ name, options }) => {
      const known = options.map((option) => option.name).join(', ');
      expect(() => createPolicy({ name, options: { speed: '9' } })).toThrow(
        `option of ${name} must be one of ${known}, got "speed"`,
      );
    },
  );
});
