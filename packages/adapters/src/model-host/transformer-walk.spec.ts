import { float32Tensor, float32View } from '../tensor/tensor-view.js';
import type { LocalTensor } from '../tensor/tensor.js';
import type { Action, CallPlan, Granularity } from './model-host.js';
import { addGated, branchShiftScale, headShiftScale } from './modulation.js';
import type { Modulation } from './modulation.js';
import type { TransformerLayout } from './transformer-layout.js';
import { walkTransformer } from './transformer-walk.js';
import type { SiteCall } from './transformer-walk.js';

const LAYOUT: TransformerLayout = {
  depth: 1,
  tokens: 2,
  width: 1,
  rows: 8,
  branches: [
    { name: 'blocks.0.attention', block: 0, kind: 'attention' },
    { name: 'blocks.0.mlp', block: 0, kind: 'mlp' },
  ],
};

/** One sample; the row with index r has the value r. */
const ROWS = Float32Array.from({ length: 8 }, (_, row) => row);
const MODULATION: Modulation = { layout: LAYOUT, batch: 1, rows: ROWS };

const REUSE: Action = { kind: 'reuse' };
const FULL: Action = { kind: 'full' };

function hidden(...values: readonly number[]): LocalTensor {
  return float32Tensor([1, 2, 1], Float32Array.from(values));
}

const FEATURES: Readonly<Record<string, LocalTensor>> = {
  embed: hidden(1, 2),
  modulation: float32Tensor([1, 8, 1], ROWS),
  'blocks.0.attention': hidden(10, 20),
  'blocks.0.mlp': hidden(100, 200),
  hidden: hidden(-1, -2),
  output: hidden(-3, -4),
};

/** What was asked, message by message, and what the walk told. The head answers its input. */
async function walk(granularity: Granularity, plan: CallPlan) {
  const asked: string[][] = [];
  const observed: string[] = [];
  const feature = ({ site, input }: SiteCall): LocalTensor => {
    const copy = input && float32Tensor(input.shape, new Float32Array(float32View(input)));
    const known = site === 'head' ? copy : FEATURES[site];
    if (!known) throw new Error(`unexpected site ${site}`);
    return known;
  };
  const output = await walkTransformer({
    layout: LAYOUT,
    plan,
    granularity,
    input: hidden(0, 0),
    source: {
      async features(calls) {
        asked.push(calls.map(({ site, action }) => `${action.kind} ${site}`));
        return calls.map(feature);
      },
      async observe(site, value) {
        observed.push(`${site} ${[...float32View(value)].join(' ')}`);
      },
    },
  });
  return { asked, observed, output: [...float32View(output)] };
}

function plan(action: Action, exceptions: CallPlan['exceptions'] = []): CallPlan {
  return { callIndex: 0, action, exceptions };
}

describe('walkTransformer', () => {
  // hidden = embed + gate 2 * attention + gate 5 * mlp = 1 + 2 * 10 + 5 * 100 and 2 + 2 * 20 + 5 * 200
  const walked = [521, 1042];

  it('a full call asks for one site after the other and adds gated branches', async () => {
    const { asked, observed, output } = await walk('module', plan(FULL));
    expect(output).toEqual(walked);
    expect(observed).toEqual([]);
    expect(asked).toEqual([
      ['full embed', 'full modulation'],
      ['full blocks.0.attention'],
      ['full blocks.0.mlp'],
      ['full head'],
    ]);
  });

  it('a module forecast asks for all branches in one message', async () => {
    const { asked, output } = await walk('module', plan(REUSE));
    expect(output).toEqual(walked);
    expect(asked).toEqual([
      ['full embed', 'full modulation', 'reuse blocks.0.attention', 'reuse blocks.0.mlp'],
      ['full head'],
    ]);
  });

  it('a site that is an exception is computed from the hidden state so far', async () => {
    const exceptions = [{ site: 'blocks.0.mlp', action: FULL }];
    const { asked, output } = await walk('module', plan(REUSE, exceptions));
    expect(output).toEqual(walked);
    expect(asked).toEqual([
      ['full embed', 'full modulation', 'reuse blocks.0.attention'],
      ['full blocks.0.mlp'],
      ['full head'],
    ]);
  });

  it('a hidden forecast computes embed, modulation and head', async () => {
    const { asked, observed, output } = await walk('hidden', plan(REUSE));
    expect(output).toEqual([-1, -2]);
    expect(observed).toEqual([]);
    expect(asked).toEqual([['full embed', 'full modulation', 'reuse hidden'], ['full head']]);
  });

  it('a full call at granularity hidden tells the hidden state before the head', async () => {
    const { observed, asked } = await walk('hidden', plan(FULL));
    expect(observed).toEqual(['hidden 521 1042']);
    expect(asked).toHaveLength(4);
  });

  it('an output forecast computes nothing', async () => {
    const { asked, output } = await walk('output', plan(REUSE));
    expect(output).toEqual([-3, -4]);
    expect(asked).toEqual([['reuse output']]);
  });

  it('a full call at granularity output tells the output', async () => {
    expect((await walk('output', plan(FULL))).observed).toEqual(['output 521 1042']);
  });

  it('features are not written to', async () => {
    await walk('module', plan(FULL));
    expect([...float32View(FEATURES['embed'] ?? hidden())]).toEqual([1, 2]);
  });

  it('granularity block is refused', async () => {
    await expect(walk('block', plan(FULL))).rejects.toMatchObject({
      code: 'unimplemented',
      message: 'the walk has no sites of granularity block',
    });
  });

  it('a source that answers too little is an error', async () => {
    const walking = walkTransformer({
      layout: LAYOUT,
      plan: plan(FULL),
      granularity: 'module',
      input: hidden(0, 0),
      source: { features: async () => [hidden(1, 2)], observe: async () => undefined },
    });
    await expect(walking).rejects.toThrow('2 features asked, 1 answered');
  });
});

describe('modulation rows', () => {
  it('rows are attention shift, scale, gate, then mlp, then the head', () => {
    const [attention, mlp] = LAYOUT.branches;
    if (attention === undefined || mlp === undefined) throw new Error('two branches');
    const numbers = (row: { shift: Float32Array; scale: Float32Array }) => [
      ...row.shift,
      ...row.scale,
    ];
    expect(numbers(branchShiftScale(MODULATION, attention))).toEqual([0, 1]);
    expect(numbers(branchShiftScale(MODULATION, mlp))).toEqual([3, 4]);
    expect(numbers(headShiftScale(MODULATION))).toEqual([6, 7]);
  });

  it('addGated rounds product and sum to float32, as a network does', () => {
    const third = Math.fround(1 / 3);
    const rows = new Float32Array(8).fill(third);
    const site = { name: 'blocks.0.mlp', block: 0, kind: 'mlp' } as const;
    const values = Float32Array.of(0.1, 1e-8);
    addGated(values, Float32Array.of(0.7, 3e7), { modulation: { ...MODULATION, rows }, site });
    const expected = [
      Math.fround(Math.fround(0.1) + Math.fround(third * Math.fround(0.7))),
      Math.fround(Math.fround(1e-8) + Math.fround(third * 3e7)),
    ];
    expect([...values]).toEqual(expected);
  });

  it('every sample has gates of its own', () => {
    const rows = Float32Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 2));
    const site = { name: 'blocks.0.attention', block: 0, kind: 'attention' } as const;
    const values = new Float32Array(4);
    const modulation: Modulation = { layout: LAYOUT, batch: 2, rows };
    addGated(values, Float32Array.of(1, 1, 1, 1), { modulation, site });
    expect([...values]).toEqual([1, 1, 2, 2]);
  });
});
