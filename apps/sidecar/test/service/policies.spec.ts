import { callKind, type Granularity, type ModelDescription } from '@forecache/adapters';
import { listPolicies } from '@forecache/cache-policy';
import { networkShape } from '../../src/network-shape.js';
import { expectSame, largestDifference, request, startFixture, type Fixture } from './fixture.js';
import { walkIntercept, walkPlan, walkProxy, type Walked } from './walkers.js';

const CALLS = 20;
/** Sums in float32 that were added in another order. */
const FLOAT32_TOLERANCE = 1e-5;

/** A policy with settings that skip a good part of this network, and settings that skip nothing. */
interface Row {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly off: Readonly<Record<string, string>>;
  readonly granularity?: Granularity;
  /** Kinds of calls that the settings lead to. */
  readonly kinds: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: 'auto',
    options: { max_error: '60%' },
    off: { max_error: '0' },
    kinds: ['forecast', 'full'],
  },
  {
    name: 'fora',
    options: { interval: '3' },
    off: { interval: '1' },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'taylorseer',
    options: { interval: '4', order: '2' },
    off: { interval: '1' },
    kinds: ['forecast', 'full'],
  },
  {
    name: 'toca',
    options: { interval: '4', ratio: '0.3' },
    off: { interval: '1' },
    kinds: ['full', 'partial'],
  },
  {
    name: 'duca',
    options: { interval: '5', ratio: '0.3' },
    off: { interval: '1' },
    kinds: ['full', 'partial', 'reuse'],
  },
  {
    name: 'delta-dit',
    options: { interval: '3' },
    off: { interval: '1' },
    kinds: ['full', 'partial'],
  },
  {
    name: 'teacache',
    options: { coefficients: '0,0,0,1,0', threshold: '0.05' },
    off: { coefficients: '0,0,0,1,0', threshold: '0' },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'adacache',
    options: { codebook: '0.05:4,1:2' },
    off: { codebook: '1:1' },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'magcache',
    options: { threshold: '0.3' },
    off: { threshold: '0' },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'easycache',
    options: { threshold: '0.2' },
    off: { threshold: '0' },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'first-block-cache',
    options: { threshold: '0.3' },
    off: { threshold: '0' },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'hicache',
    options: { interval: '4' },
    off: { interval: '1' },
    kinds: ['forecast', 'full'],
  },
  {
    name: 'foca',
    options: { interval: '3' },
    off: { interval: '1' },
    kinds: ['forecast', 'full'],
  },
  {
    name: 'spectrum',
    options: { interval: '3' },
    off: { interval: '1' },
    kinds: ['forecast', 'full'],
  },
  {
    name: 'scheduled',
    options: { schedule: '0,2,5,9,12' },
    off: { schedule: Array.from({ length: CALLS }, (_, call) => call).join() },
    kinds: ['full', 'reuse'],
  },
  {
    name: 'dmd',
    options: { interval: '2', snapshots: '4' },
    off: { interval: '1' },
    kinds: ['forecast', 'full'],
  },
];

const MODES = ['plan', 'intercept', 'proxy'] as const;
type Mode = (typeof MODES)[number];
type Policy = Pick<Row, 'name' | 'options' | 'granularity'>;

let fixture: Fixture;
let model: ModelDescription;

beforeEach(async () => {
  fixture = await startFixture({ host: { depth: 4, tokens: 16 } });
  model = await fixture.host.describe();
});

afterEach(() => fixture.close());

async function open(mode: Mode, { name, options, granularity = null }: RowPolicy, calls = CALLS) {
  const base = request({ mode, calls, policy: { name, options }, granularity });
  const network = mode === 'plan' ? networkShape(model) : null;
  return fixture.client.openRun({ ...base, run: { ...base.run, network } });
}

type RowPolicy = Omit<Policy, 'granularity'> & { readonly granularity?: Granularity | null };

async function sampled(mode: Mode, policy: RowPolicy, calls = CALLS) {
  const run = await open(mode, policy, calls);
  const walk = (): Promise<Walked> => {
    if (mode === 'plan') return walkPlan(run, fixture.host, { calls });
    return (mode === 'proxy' ? walkProxy : walkIntercept)(run, model, { calls });
  };
  const walked = await walk();
  const statistics = await run.close('ok');
  return { ...walked, kinds: walked.plans.map(callKind), statistics };
}

const FULL: Policy = { name: 'full', options: {} };

test('every policy that skips is in this table', () => {
  const names = listPolicies()
    .map(({ name }) => name)
    .filter((name) => name !== 'full' && name !== 'fewer-steps');
  expect(ROWS.map(({ name }) => name).sort()).toEqual(names);
});

describe.each(ROWS)('$name', (row) => {
  test('does the same in every mode, to the same images', async () => {
    const [plan, intercept, proxy] = [
      await sampled('plan', row),
      await sampled('intercept', row),
      await sampled('proxy', row),
    ];
    expect([...new Set(plan.kinds)].sort()).toEqual(row.kinds);
    expect([intercept.kinds, proxy.kinds]).toEqual([plan.kinds, plan.kinds]);
    // The same arithmetic: bit for bit. Sums of several terms are made elsewhere in mode intercept.
    expectSame(proxy.images, plan.images, 0);
    const isSum = row.kinds.includes('forecast');
    expectSame(intercept.images, plan.images, isSum ? FLOAT32_TOLERANCE : 0);
    const { fullCalls, forecastCalls, partial } = plan.statistics;
    expect(fullCalls).toBe(plan.kinds.filter((kind) => kind === 'full').length);
    expect(fullCalls + forecastCalls).toBe(CALLS);
    for (const { statistics } of [intercept, proxy]) {
      expect(statistics).toMatchObject({ fullCalls, forecastCalls, partial });
    }
  });

  test.each(MODES)('switched off in mode %s is full compute, bit for bit', async (mode) => {
    const off = await sampled(mode, { ...row, options: row.off });
    expect(new Set(off.kinds)).toEqual(new Set(['full']));
    expectSame(off.images, (await sampled('plan', FULL)).images, 0);
  });

  test('keeps runs of different length apart, interleaved', async () => {
    const short = CALLS - 7;
    const alone = await sampled('proxy', row, short);
    const [, beside] = await Promise.all([
      sampled('proxy', row),
      sampled('proxy', row, short),
      sampled('intercept', row),
    ]);
    expect(beside.plans).toEqual(alone.plans);
    expectSame(beside.images, alone.images, 0);
  });
});

test('toca that computes every token is full compute, to 1e-4', async () => {
  const options = { schedule: 'uniform', interval: '3', ratio: '1' };
  const full = await sampled('plan', FULL);
  for (const mode of MODES) {
    const { images, kinds } = await sampled(mode, { name: 'toca', options });
    expect(new Set(kinds)).toEqual(new Set(['full', 'partial']));
    expectSame(images, full.images, 1e-4);
  }
});

test('toca that computes no token reuses, and differs from full compute', async () => {
  const options = { schedule: 'uniform', interval: '3', ratio: '0' };
  const { images } = await sampled('plan', { name: 'toca', options });
  const full = (await sampled('plan', FULL)).images;
  const [last, fullLast] = [images.at(-1), full.at(-1)];
  if (last === undefined || fullLast === undefined) throw new Error('no image');
  expect(largestDifference(last, fullLast)).toBeGreaterThan(1e-4);
});

test('taylorseer of order 0 is fora on the same schedule, bit for bit', async () => {
  const step_mask = Array.from({ length: CALLS }, (_, call) =>
    call % 4 === 0 || call === CALLS - 1 ? '1' : '0',
  ).join('');
  const rare = { interval: '99', step_mask };
  for (const mode of MODES) {
    const order0 = { name: 'taylorseer', options: { ...rare, order: '0', warmup: '1' } };
    const taylorseer = await sampled(mode, order0);
    const fora = await sampled(mode, { name: 'fora', options: rare });
    expect(taylorseer.kinds).toEqual(fora.kinds);
    expect(fora.kinds.filter((kind) => kind === 'full')).toHaveLength(6);
    expectSame(taylorseer.images, fora.images, 0);
  }
});
