import { NO_SETUP } from '../../wire/setup-messages.js';
import { float32Tensor, float32View } from '../../tensor/tensor-view.js';
import type { LocalTensor } from '../../tensor/tensor.js';
import type { FeatureSource, SiteCall } from './feature-source.js';
import type { Action, CallPlan, Probe, RunSetup, TokenSelection } from '../model-host.js';
import { addGated, branchShiftScale, headShiftScale } from './modulation.js';
import type { Modulation } from './modulation.js';
import { createBranchProbes } from './probes/branch-probes.js';
import type { TransformerLayout } from '../transformer/transformer-layout.js';
import { beginWalk, walkTransformer } from './transformer-walk.js';

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

/** Two blocks whose gates are all 1, so that a branch's feature is what it adds. */
const TWO_BLOCKS: TransformerLayout = {
  depth: 2,
  tokens: 2,
  width: 1,
  rows: 14,
  branches: [
    ...LAYOUT.branches,
    { name: 'blocks.1.attention', block: 1, kind: 'attention' },
    { name: 'blocks.1.mlp', block: 1, kind: 'mlp' },
  ],
};

/** One sample; the row with index r has the value r. */
const ROWS = Float32Array.from({ length: 8 }, (_, row) => row);
const MODULATION: Modulation = { layout: LAYOUT, batch: 1, rows: ROWS };

const REUSE: Action = { kind: 'reuse' };
const FULL: Action = { kind: 'full' };
const SELECTION: TokenSelection = { tokens: 1, stalenessWeight: 0, grid: 0, gridBonus: 0 };
const PARTIAL: Action = { kind: 'partial', selection: SELECTION };

function hidden(...values: readonly number[]): LocalTensor {
  return float32Tensor([1, 2, 1], Float32Array.from(values));
}

const INPUT = hidden(0.5, 0.25);

const FEATURES: Readonly<Record<string, LocalTensor>> = {
  embed: hidden(1, 2),
  'blocks.0.attention': hidden(10, 20),
  'blocks.0.mlp': hidden(100, 200),
  'blocks.1.attention': hidden(1000, 2000),
  'blocks.1.mlp': hidden(10_000, 20_000),
  'blocks.0-0': hidden(7, 8),
  'blocks.1-1': hidden(-7, -8),
  'blocks.0-1': hidden(70, 80),
  hidden: hidden(-1, -2),
  output: hidden(-3, -4),
  change: hidden(30, 40),
};

const ATTENTION = 'blocks.0.attention';
const MLP = 'blocks.0.mlp';

function setupOf(sites: readonly string[], probes: readonly Probe[] = []): RunSetup {
  return { ...NO_SETUP, sites, probes };
}

function probe(kind: Probe['kind'], change: Partial<Probe> = {}): Probe {
  return { kind, count: 0, site: '', ...change };
}

/** A source that writes down what it is asked, message by message, and what it is told. The head answers its input. */
function recorder(layout: TransformerLayout) {
  const asked: string[][] = [];
  const observed: string[] = [];
  const rows = layout === LAYOUT ? ROWS : new Float32Array(layout.rows).fill(1);
  const feature = ({ site, input }: SiteCall): LocalTensor => {
    if (site === 'modulation') return float32Tensor([1, layout.rows, 1], rows);
    const copy = input && float32Tensor(input.shape, new Float32Array(float32View(input)));
    const known = site === 'head' ? copy : FEATURES[site];
    if (!known) throw new Error(`unexpected site ${site}`);
    return known;
  };
  const source: FeatureSource = {
    async features(calls) {
      asked.push(
        calls.map(({ site, action, input }) => `${action.kind} ${site}${input ? ' of input' : ''}`),
      );
      return calls.map(feature);
    },
    async observe(site, value) {
      observed.push(`${site} ${[...float32View(value)].join(' ')}`);
    },
  };
  return { source, asked, observed };
}

/** What was asked, what the walk told, and the output. */
async function walk(sites: readonly string[], plan: CallPlan, layout = LAYOUT) {
  const { source, asked, observed } = recorder(layout);
  const setup = setupOf(sites);
  const output = await walkTransformer({ layout, plan, setup, input: INPUT, source });
  return { asked, observed, output: [...float32View(output)] };
}

function plan(action: Action, exceptions: CallPlan['exceptions'] = []): CallPlan {
  return { callIndex: 0, action, exceptions };
}

/** hidden = embed + gate 2 * attention + gate 5 * mlp = 1 + 2 * 10 + 5 * 100 and 2 + 2 * 20 + 5 * 200 */
const WALKED = [521, 1042];

const OPENING = ['full embed of input', 'full modulation'];
const HEAD = ['full head of input'];

describe('walkTransformer', () => {
  it('a full call asks for one site after the other and adds gated branches', async () => {
    for (const sites of [[], [ATTENTION, MLP]]) {
      const { asked, observed, output } = await walk(sites, plan(FULL));
      expect(output).toEqual(WALKED);
      expect(observed).toEqual([]);
      expect(asked).toEqual([
        OPENING,
        [`full ${ATTENTION} of input`],
        [`full ${MLP} of input`],
        HEAD,
      ]);
    }
  });

  it('a module forecast asks for all branches in one message', async () => {
    const { asked, output } = await walk([ATTENTION, MLP], plan(REUSE));
    expect(output).toEqual(WALKED);
    expect(asked).toEqual([[...OPENING, `reuse ${ATTENTION}`, `reuse ${MLP}`], HEAD]);
  });

  it('a kept site that is an exception is computed from the hidden state so far', async () => {
    const exceptions = [{ site: MLP, action: FULL }];
    const { asked, output } = await walk([ATTENTION, MLP], plan(REUSE, exceptions));
    expect(output).toEqual(WALKED);
    expect(asked).toEqual([[...OPENING, `reuse ${ATTENTION}`], [`full ${MLP} of input`], HEAD]);
  });

  it('a site that is not kept is computed, whatever the plan does at kept ones', async () => {
    const { asked } = await walk([ATTENTION], plan(REUSE));
    expect(asked).toEqual([[...OPENING, `reuse ${ATTENTION}`], [`full ${MLP} of input`], HEAD]);
  });

  it('a partial site is asked with its input, after what it waits for', async () => {
    const exceptions = [{ site: MLP, action: PARTIAL }];
    const { asked, output } = await walk([ATTENTION], plan(REUSE, exceptions));
    expect(output).toEqual(WALKED);
    expect(asked).toEqual([[...OPENING, `reuse ${ATTENTION}`], [`partial ${MLP} of input`], HEAD]);
  });

  it('a hidden forecast computes embed, modulation and head', async () => {
    const { asked, observed, output } = await walk(['hidden'], plan(REUSE));
    expect(output).toEqual([-1, -2]);
    expect(observed).toEqual([]);
    expect(asked).toEqual([[...OPENING, 'reuse hidden'], HEAD]);
  });

  it('an output forecast computes nothing', async () => {
    const { asked, output } = await walk(['output'], plan(REUSE));
    expect(output).toEqual([-3, -4]);
    expect(asked).toEqual([['reuse output']]);
  });

  it('a change forecast computes nothing and is added to the input', async () => {
    const { asked, output } = await walk(['change'], plan(REUSE));
    expect(output).toEqual([30.5, 40.25]);
    expect(asked).toEqual([['reuse change']]);
  });

  it('a range forecast is added to the hidden state of this call, and the rest is computed', async () => {
    const { asked, output } = await walk(['blocks.1-1'], plan(REUSE), TWO_BLOCKS);
    // 1 + 10 + 100 - 7 and 2 + 20 + 200 - 8
    expect(output).toEqual([104, 214]);
    expect(asked).toEqual([
      [...OPENING, 'reuse blocks.1-1'],
      [`full ${ATTENTION} of input`],
      [`full ${MLP} of input`],
      HEAD,
    ]);
  });

  it('a forecast of the whole stack computes embed, modulation and head', async () => {
    const { asked, output } = await walk(['blocks.0-1'], plan(REUSE), TWO_BLOCKS);
    expect(output).toEqual([71, 82]);
    expect(asked).toEqual([[...OPENING, 'reuse blocks.0-1'], HEAD]);
  });

  it('a full call tells every kept site that only the walk composes, inner ones first', async () => {
    const sites = ['output', 'change', 'hidden', 'blocks.0-1', 'blocks.0-0', 'blocks.1-1'];
    const { observed, output } = await walk(sites, plan(FULL), TWO_BLOCKS);
    expect(output).toEqual([11_111, 22_222]);
    expect(observed).toEqual([
      'blocks.0-0 110 220',
      'blocks.0-1 11110 22220',
      'blocks.1-1 11000 22000',
      'hidden 11111 22222',
      'change 11110.5 22221.75',
      'output 11111 22222',
    ]);
  });

  it('the outermost site that is not full wins; what lies within it is neither asked nor told', async () => {
    const sites = ['output', 'hidden', 'blocks.0-1', 'blocks.0-0', ATTENTION];
    const allowed = (...full: readonly string[]) =>
      plan(
        REUSE,
        full.map((site) => ({ site, action: FULL })),
      );
    const askedFirst = async (callPlan: CallPlan) => {
      const { asked, observed } = await walk(sites, callPlan, TWO_BLOCKS);
      return { first: asked[0], observed: observed.map((line) => line.split(' ')[0]) };
    };
    expect(await askedFirst(allowed())).toEqual({ first: ['reuse output'], observed: [] });
    expect(await askedFirst(allowed('output'))).toEqual({
      first: [...OPENING, 'reuse hidden'],
      observed: ['output'],
    });
    expect(await askedFirst(allowed('output', 'hidden', 'blocks.0-0'))).toEqual({
      first: [...OPENING, 'reuse blocks.0-1'],
      observed: ['hidden', 'output'],
    });
    expect(await askedFirst(allowed('output', 'hidden', 'blocks.0-1'))).toEqual({
      first: [...OPENING, 'reuse blocks.0-0'],
      observed: ['blocks.0-1', 'hidden', 'output'],
    });
  });

  it('features are not written to', async () => {
    await walk([], plan(FULL));
    await walk(['output'], plan(REUSE));
    await walk(['change'], plan(REUSE));
    const untouched = ['embed', 'output', 'change'].map((site) => FEATURES[site]);
    expect(untouched).toEqual([hidden(1, 2), hidden(-3, -4), hidden(30, 40)]);
    expect(INPUT).toEqual(hidden(0.5, 0.25));
  });

  it("a forecast output is not the source's own buffer", async () => {
    const { source } = recorder(LAYOUT);
    const setup = setupOf(['output']);
    const call = { layout: LAYOUT, plan: plan(REUSE), setup, input: INPUT, source };
    const output = await walkTransformer(call);
    expect(output.bytes.buffer).not.toBe(FEATURES['output']?.bytes.buffer);
  });

  it('a source that answers too little is an error', async () => {
    const walking = walkTransformer({
      layout: LAYOUT,
      plan: plan(FULL),
      setup: NO_SETUP,
      input: INPUT,
      source: { features: async () => [hidden(1, 2)], observe: async () => undefined },
    });
    await expect(walking).rejects.toThrow('2 features asked, 1 answered');
  });
});

describe('beginWalk', () => {
  async function begin(sites: readonly string[], probes: readonly Probe[], layout = TWO_BLOCKS) {
    const { source, asked, observed } = recorder(layout);
    const setup = setupOf(sites, probes);
    const branch = createBranchProbes(setup, layout);
    const options = { layout, setup, callIndex: 0, input: INPUT, source };
    return { walk: await beginWalk({ ...options, probes: branch }), asked, observed };
  }

  const FIRST_BLOCK = probe('first-blocks-change', { count: 1 });

  it('computes no more than the probes measure', async () => {
    const asked = async (...probes: readonly Probe[]) => (await begin([], probes)).asked;
    expect(await asked()).toEqual([]);
    expect(await asked(probe('input-change'), probe('output-rate'))).toEqual([]);
    expect(await asked(probe('modulated-input-change'))).toEqual([OPENING]);
    expect(await asked(FIRST_BLOCK)).toEqual([
      OPENING,
      [`full ${ATTENTION} of input`],
      [`full ${MLP} of input`],
    ]);
  });

  it('what it has computed is not asked again', async () => {
    const { walk: begun, asked } = await begin([], [FIRST_BLOCK]);
    asked.length = 0;
    const { output } = await begun.finish(plan(FULL));
    expect([...float32View(output)]).toEqual([11_111, 22_222]);
    expect(asked).toEqual([
      ['full blocks.1.attention of input'],
      ['full blocks.1.mlp of input'],
      HEAD,
    ]);
  });

  it('a forecast of the rest takes one message and the head', async () => {
    const { walk: begun, asked } = await begin(['blocks.1-1'], [FIRST_BLOCK]);
    asked.length = 0;
    const { output } = await begun.finish(plan(REUSE));
    expect([...float32View(output)]).toEqual([104, 214]);
    expect(asked).toEqual([['reuse blocks.1-1'], HEAD]);
  });

  it('a plan that changes the first blocks is obeyed, and what was computed there is not its', async () => {
    const { walk: begun, asked, observed } = await begin([ATTENTION, 'hidden'], [FIRST_BLOCK]);
    asked.length = 0;
    const { output } = await begun.finish(plan(REUSE, [{ site: 'hidden', action: FULL }]));
    expect([...float32View(output)]).toEqual([11_111, 22_222]);
    expect(asked.flat()).toEqual([
      `reuse ${ATTENTION}`,
      `full ${MLP} of input`,
      'full blocks.1.attention of input',
      'full blocks.1.mlp of input',
      'full head of input',
    ]);
    expect(observed).toEqual(['hidden 11111 22222']);
  });

  it('kept sites within the first blocks are told as in any call', async () => {
    const { walk: begun, observed } = await begin(['blocks.0-0', 'blocks.0-1'], [FIRST_BLOCK]);
    expect(observed).toEqual([]);
    await begun.finish(plan(FULL));
    expect(observed).toEqual(['blocks.0-0 110 220', 'blocks.0-1 11110 22220']);
  });

  it('a probed site that is not kept is measured but not told', async () => {
    const feature = probe('feature-motion', { site: 'blocks.0-0', count: 1 });
    const { walk: begun, observed } = await begin([], [feature]);
    const { scalars } = await begun.finish(plan(FULL));
    expect(observed).toEqual([]);
    // |220 - 110| / (220 + 110)
    expect(scalars).toEqual({ 'feature-motion': 1 / 3 });
  });

  it('a plan of another call is refused', async () => {
    const { walk: begun } = await begin([], []);
    await expect(begun.finish({ ...plan(FULL), callIndex: 1 })).rejects.toThrow(
      'plan.call_index must be 0, as begun, got 1',
    );
  });

  it('conditioning-change is refused by a source that has no conditioning', async () => {
    await expect(begin([], [probe('conditioning-change')])).rejects.toMatchObject({
      code: 'unimplemented',
      message:
        'probe conditioning-change: the conditioning does not leave the model host; use a run in plan or proxy mode',
    });
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
