import {
  compileRunPlan,
  createPolicy,
  sitesOf,
  type Action,
  type CallPlan,
} from '@forecache/cache-policy';
import { callFlops, featureBytes, layerTable, listModels } from '@forecache/model-catalog';
import { TINY, TINY_TABLE } from '../../test/tiny-layer-table.js';
import { GRANULARITIES } from '../generation/generation-job.js';
import { planCost, type CostedPlan } from './plan-cost.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };
const FORECAST: Action = { kind: 'forecast', weights: [2, -1] };

function partial(tokens: number): Action {
  return {
    kind: 'partial',
    selection: { tokens, stalenessWeight: 0, grid: 0, gridBonus: 0 },
  };
}

type Exceptions = readonly (readonly [site: string, action: Action])[];

function call(action: Action, exceptions: Exceptions = []): CallPlan {
  const named = exceptions.map(([site, other]) => ({ site, action: other }));
  return { callIndex: 1, action, exceptions: named };
}

const SETUP = { granularity: 'module', historySize: 1, tokenCache: null } as const;

/** FLOPs of one call. */
function flopsOf(sites: readonly string[], planned: CallPlan, options = {}): number {
  const plan: CostedPlan = { setup: { ...SETUP, sites }, calls: [planned] };
  return planCost(TINY_TABLE, plan, options).perCall[0] ?? NaN;
}

const MODULES = sitesOf(TINY_TABLE, 'module');
const { embed, modulation, attention, projection, mlp, head, full } = TINY;
const ends = embed + head;
const block = modulation + attention + mlp;

describe('planCost', () => {
  it('of a full call is everything', () => {
    expect(flopsOf(MODULES, call(FULL))).toBe(full);
  });

  it('of forecast modules is embedders, modulations and head', () => {
    expect(flopsOf(MODULES, call(FORECAST))).toBe(ends + 4 * modulation);
    expect(flopsOf(MODULES, call(REUSE))).toBe(ends + 4 * modulation);
  });

  it('of a skipped range saves its modulations too', () => {
    expect(flopsOf(['blocks.1-2'], call(REUSE))).toBe(ends + 2 * block);
    expect(flopsOf(['blocks.0-3'], call(REUSE))).toBe(ends);
    expect(flopsOf(['hidden'], call(FORECAST))).toBe(ends);
  });

  it.each(['output', 'change'])('of a forecast %s is nothing', (site) => {
    expect(flopsOf([site], call(REUSE))).toBe(0);
  });

  it('computes what the plan does not name', () => {
    expect(flopsOf(['blocks.0.mlp'], call(REUSE))).toBe(full - mlp);
  });

  it('takes the exception instead of the action', () => {
    expect(flopsOf(MODULES, call(REUSE, [['blocks.3.mlp', FULL]]))).toBe(
      ends + 4 * modulation + mlp,
    );
    expect(flopsOf(['blocks.0-1', 'blocks.2-3'], call(FULL, [['blocks.2-3', REUSE]]))).toBe(
      ends + 2 * block,
    );
  });

  it('lets the outermost site win', () => {
    expect(flopsOf(['hidden', 'blocks.0.mlp'], call(FULL, [['hidden', REUSE]]))).toBe(ends);
    expect(flopsOf(['hidden', 'blocks.0.mlp'], call(REUSE, [['hidden', FULL]]))).toBe(full - mlp);
    const inside = call(REUSE, [['blocks.1.mlp', partial(10)]]);
    expect(flopsOf(['blocks.0-1'], inside)).toBe(ends + 2 * block);
    expect(flopsOf(['output', 'hidden'], call(FULL, [['output', REUSE]]))).toBe(0);
  });

  it('of a partial call counts the chosen tokens', () => {
    const exceptions: Exceptions = [
      ['blocks.0.mlp', partial(3)],
      ['blocks.1.mlp', partial(0)],
    ];
    expect(flopsOf([], call(FULL, exceptions))).toBe(full - mlp + 0.3 * mlp - mlp);
  });

  it('counts the projection of reused attention where the host repeats it', () => {
    const again = { attentionReuse: 'projection' } as const;
    expect(flopsOf(MODULES, call(REUSE), again)).toBe(ends + 4 * (modulation + projection));
    expect(flopsOf(['hidden'], call(REUSE), again)).toBe(ends);
  });

  it('means every site of the granularity where the setup names none', () => {
    const plan = { setup: { ...SETUP, granularity: 'hidden', sites: [] }, calls: [call(REUSE)] };
    expect(planCost(TINY_TABLE, plan as CostedPlan)).toMatchObject({ perCall: [ends] });
  });

  it('adds up calls and branches, and compares with full compute', () => {
    const plan = { setup: { ...SETUP, sites: ['output'] }, calls: [call(FULL), call(REUSE)] };
    expect(planCost(TINY_TABLE, plan)).toMatchObject({
      fullCallFlops: full,
      perCall: [full, 0],
      flops: full,
      speedup: 2,
      cacheBytes: 7,
    });
    expect(planCost({ ...TINY_TABLE, branches: 2 }, plan, { fullComputeCalls: 10 })).toMatchObject({
      flops: 2 * full,
      speedup: 10,
      cacheBytes: 2 * 7,
    });
  });

  it.each([
    [['blocks.4.mlp'], [], 'site must be one that Tiny has (4 blocks), got "blocks.4.mlp"'],
    [['blocks.2-4'], [], 'site must be one that Tiny has (4 blocks), got "blocks.2-4"'],
    [['blocks.2-1'], [], 'site must be one that Tiny has (4 blocks), got "blocks.2-1"'],
    [[], [['nowhere', FULL]], 'site must be one that Tiny has (4 blocks), got "nowhere"'],
    [
      [],
      [['hidden', partial(1)]],
      'action at hidden must be full, forecast or reuse: only modules are partial, got "partial"',
    ],
    [
      [],
      [['blocks.0.mlp', partial(11)]],
      'tokens at blocks.0.mlp must be an integer between 0 and 10, got 11',
    ],
  ] as const)('rejects sites %j with exceptions %j', (sites, exceptions, message) => {
    expect(() => flopsOf(sites, call(FULL, exceptions))).toThrow(message);
  });
});

describe('cacheBytes', () => {
  const bytesOf = (setup: Partial<CostedPlan['setup']>, calls: readonly CallPlan[] = []) =>
    planCost(TINY_TABLE, { setup: { ...SETUP, sites: [], ...setup }, calls }).cacheBytes;

  it('is the history of every kept site', () => {
    expect(bytesOf({ sites: ['blocks.0.mlp', 'blocks.3.attention'], historySize: 3 })).toBe(
      3 * 2 * 10 * 2,
    );
    expect(bytesOf({ sites: ['hidden'], historySize: 2 })).toBe(2 * 5 * 2);
    expect(bytesOf({ sites: ['output'] })).toBe(7);
    expect(bytesOf({ sites: MODULES, historySize: 0 })).toBe(0);
  });

  it('of a range is what its last block works on, of the whole stack what the head reads', () => {
    expect(bytesOf({ sites: ['blocks.0-1', 'blocks.2-3'] })).toBe(2 * 10 * 2);
    expect(bytesOf({ sites: ['blocks.0-3'] })).toBe(5 * 2);
  });

  it('counts the token cache where a call reads it', () => {
    const tokenCache = { sites: ['blocks.0.mlp'], score: 'influence' } as const;
    const refreshed = call(FULL, [['blocks.0.mlp', partial(1)]]);
    expect(bytesOf({ historySize: 0, tokenCache }, [refreshed])).toBe(10 * 2);
    expect(bytesOf({ historySize: 0, tokenCache }, [call(FULL)])).toBe(0);
  });
});

describe.each(listModels().map(({ name }) => name))('planCost of %s', (model) => {
  const table = layerTable(model);
  const run = { steps: 4, calls: 4, network: table };

  it.each(GRANULARITIES)('stores at %s what the catalog says', (granularity) => {
    const policy = createPolicy({ name: 'fora', options: { interval: '3' } });
    const plan = compileRunPlan({ policy, run, granularity });
    expect(planCost(table, plan).cacheBytes).toBe(featureBytes(table, granularity));
  });

  it('is the catalog’s forecast call where every module is forecast', () => {
    const policy = createPolicy({ name: 'taylorseer', options: { interval: '3', warmup: '1' } });
    const { perCall } = planCost(table, compileRunPlan({ policy, run }));
    const [first, second] = perCall;
    expect([first, second]).toEqual([
      callFlops(table, () => 'full'),
      callFlops(table, () => 'none'),
    ]);
  });
});
