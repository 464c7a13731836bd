import { testPreset } from '../../test/presets.js';
import { printPreset, readPreset, type Preset } from '../index.js';

type Json = Record<string, unknown>;

/** A file as JSON says it, with one value replaced; undefined takes the field away. */
function fileWith(path: readonly (string | number)[], value: unknown): unknown {
  const file = JSON.parse(JSON.stringify(printPreset(testPreset()))) as Json;
  const parent = path.slice(0, -1).reduce<Json>((at, key) => at[key] as Json, file);
  parent[path.at(-1) ?? ''] = value;
  return JSON.parse(JSON.stringify(file)) as unknown;
}

describe('readPreset', () => {
  it.each([
    ['with errors', testPreset()],
    [
      'with nothing that need not be known',
      testPreset({
        identity: { ...testPreset().identity, timesteps: [], guidance: null, size: '' },
        variants: [
          {
            fullCalls: [0],
            weights: Array(8).fill([1]) as number[][],
            relativeError: null,
            psnr: null,
          },
        ],
      }),
    ],
  ])('reads what printPreset wrote: %s', (_title, preset: Preset) => {
    const text = JSON.stringify(printPreset(preset));
    expect(readPreset(JSON.parse(text))).toEqual(preset);
  });

  const name =
    'name must be 1 to 100 letters, digits, dots, dashes and underscores, a letter or digit first';

  it.each<[readonly (string | number)[], unknown, string]>([
    [['format'], 'forecache plan', 'format must be "forecache preset", got "forecache plan"'],
    [['format'], undefined, 'format must be "forecache preset", got undefined'],
    [['version'], 2, 'version must be 1, got 2'],
    [['version'], '1', 'version must be 1, got "1"'],
    [['name'], '../etc/passwd', `${name}, got "../etc/passwd"`],
    [['name'], '.hidden', `${name}, got ".hidden"`],
    [['name'], 'a b', `${name}, got "a b"`],
    [['name'], 'x'.repeat(101), `${name}, got "${'x'.repeat(60)}…"`],
    [['name'], ['a'], `${name}, got a list of 1`],
    [
      ['extra'],
      1,
      'field of preset must be one of format, version, name, identity, granularity, provenance, variants, got "extra"',
    ],
    [['identity'], [], 'identity must be an object, got a list of 0'],
    [['identity', 'model'], 7, 'identity.model must be a text of at most 200 characters, got 7'],
    [
      ['identity', 'model'],
      'm'.repeat(201),
      `identity.model must be a text of at most 200 characters, got "${'m'.repeat(60)}…"`,
    ],
    [['identity', 'steps'], 0, 'identity.steps must be an integer between 1 and 100000, got 0'],
    [
      ['identity', 'calls'],
      1e9,
      'identity.calls must be an integer between 1 and 100000, got 1000000000',
    ],
    [['identity', 'calls'], 8, 'count of identity.timesteps must be 0 or one a call (8), got 9'],
    [
      ['identity', 'timesteps'],
      [1, 0],
      'count of identity.timesteps must be 0 or one a call (9), got 2',
    ],
    [
      ['identity', 'timesteps', 3],
      1,
      'identity.timesteps must be strictly increasing or strictly decreasing',
    ],
    [['identity', 'timesteps', 3], 'x', 'identity.timesteps[3] must be a finite number, got "x"'],
    [
      ['identity', 'guidance'],
      'two',
      'identity.guidance must be a finite number or null, got "two"',
    ],
    [
      ['identity', 'guidance'],
      undefined,
      'identity.guidance must be a finite number or null, got undefined',
    ],
    [
      ['identity', 'size'],
      null,
      'identity.size must be a text of at most 200 characters, got null',
    ],
    [
      ['granularity'],
      'pixel',
      'granularity must be one of module, block, residual, hidden, output, change, got "pixel"',
    ],
    [['provenance', 'runs'], -1, 'provenance.runs must be an integer >= 0, got -1'],
    [
      ['provenance', 'seeds', 0],
      0.5,
      'provenance.seeds[0] must be an integer >= -9007199254740991, got 0.5',
    ],
    [
      ['provenance', 'note'],
      {},
      'provenance.note must be a text of at most 10000 characters, got an object',
    ],
    [['variants'], [], 'variants must be a list of at least one, got a list of 0'],
    [['variants'], 'many', 'variants must be a list, got "many"'],
    [
      ['variants', 0, 'psnr'],
      undefined,
      'variants[0].psnr must be a finite number or null, got undefined',
    ],
    [['variants', 0, 'psnr'], Infinity, ''],
    [
      ['variants', 0, 'relativeError'],
      -0.1,
      'variants[0].relativeError must be a finite number >= 0 or null, got -0.1',
    ],
    [
      ['variants', 0, 'fullCalls'],
      [1, 4],
      'variants[0].fullCalls must be call indices that rise from 0, got [1, 4]',
    ],
    [
      ['variants', 0, 'fullCalls'],
      [],
      'count of variants[0].weights must be 9, one for each call that is not full, got 7',
    ],
    [
      ['variants', 0, 'fullCalls'],
      [0, 9],
      'count of variants[0].weights must be at least 8, one for each skipped call before call 9, got 7',
    ],
    [
      ['variants', 1, 'fullCalls'],
      [0, 4],
      'count of variants[1].weights must be 7, one for each call that is not full, got 6',
    ],
    [
      ['variants', 0, 'weights', 0],
      [],
      'variants[0].weights[0] must be 1 to 9 finite numbers, got []',
    ],
    [
      ['variants', 0, 'weights', 0],
      [1, 2],
      'variants[0].weights[0] must be at most 1 weights, one for each full call before call 1, got [1, 2]',
    ],
    [
      ['variants', 0, 'weights', 0, 0],
      null,
      'variants[0].weights[0][0] must be a finite number, got null',
    ],
    [['variants', 0, 'weights', 2], 5, 'variants[0].weights[2] must be a list, got 5'],
  ])('refuses %j = %j', (path, value, message) => {
    if (message === '') {
      // JSON has no infinity: it writes null, which is allowed.
      expect(() => readPreset(fileWith(path, value))).not.toThrow();
      return;
    }
    expect(() => readPreset(fileWith(path, value))).toThrow(message);
  });

  it('refuses variants out of order', () => {
    const [few, more] = testPreset().variants;
    const file = fileWith(['variants'], [more, few]);
    expect(() => readPreset(file)).toThrow(
      'count of variants[1].fullCalls must be more than the 3 of the variant before, got 2',
    );
  });

  it.each([null, 'text', 7, [], [[]]])('refuses %j', (content) => {
    expect(() => readPreset(content)).toThrow(/^preset must be an object, got /);
  });

  it('takes nothing from a prototype, and no field of that name', () => {
    const text = JSON.stringify(printPreset(testPreset())).replace('{', '{"__proto__":{"x":1},');
    expect(() => readPreset(JSON.parse(text))).toThrow('got "__proto__"');
    const inherited = Object.create(printPreset(testPreset()) as object) as unknown;
    expect(() => readPreset(inherited)).not.toThrow();
  });
});
