import { NO_SETUP } from '../../../wire/setup-messages.js';
import type { Probe, RunSetup, Scalars } from '../../model-host.js';
import type { TransformerLayout } from '../../transformer/transformer-layout.js';
import { createBranchProbes } from './branch-probes.js';
import type { BranchProbes } from './branch-probes.js';
import { measuresAfter, measuresBefore } from './probe-needs.js';

const LAYOUT: TransformerLayout = { depth: 0, tokens: 2, width: 1, rows: 2, branches: [] };
const SITE = 'blocks.0.mlp';

function setupOf(sites: readonly string[], ...probes: readonly Partial<Probe>[]): RunSetup {
  const filled = probes.map(
    (probe) => ({ kind: 'input-change', count: 0, site: '', ...probe }) as const,
  );
  return { ...NO_SETUP, sites, historySize: 9, probes: filled };
}

function probesOf(...probes: readonly Partial<Probe>[]): BranchProbes {
  return createBranchProbes(setupOf([SITE], ...probes), LAYOUT);
}

/** One number stands for a tensor of two elements. */
function of(value: number | undefined): Float32Array | null {
  return value === undefined ? null : Float32Array.of(value, value);
}

interface Call {
  readonly index: number;
  readonly input?: number;
  readonly modulated?: number;
  readonly conditioning?: number;
  readonly blocks?: number;
  readonly output?: number;
  /** Of SITE, when the call computed it. */
  readonly feature?: number | Float32Array;
  readonly isComputed?: boolean;
}

function begin(probes: BranchProbes, { index, input, modulated, conditioning, blocks }: Call) {
  const call = probes.beginCall(index);
  const scalars = call.before({
    input: of(input),
    modulatedInput: of(modulated),
    conditioning: of(conditioning),
    firstBlocks: of(blocks),
  });
  return { call, scalars };
}

/** Walks and commits one call; what was measured before and after it. */
function made(probes: BranchProbes, made: Call): Scalars {
  const { call, scalars } = begin(probes, made);
  const { feature, output = 0, isComputed = true } = made;
  const values = typeof feature === 'number' ? of(feature) : feature;
  if (values) call.feature(SITE, values);
  const after = call.after({ output: Float32Array.of(output, output), isComputed });
  call.commit();
  return { ...scalars, ...after };
}

describe('what is measured before a call', () => {
  it('a first call has nothing to compare with: every scalar is absent', () => {
    const probes = probesOf(
      { kind: 'input-change' },
      { kind: 'modulated-input-change' },
      { kind: 'conditioning-change' },
      { kind: 'first-blocks-change', count: 1 },
    );
    const call = { index: 0, input: 1, modulated: 1, conditioning: 1, blocks: 1 };
    expect(made(probes, call)).toEqual({});
  });

  it('modulated-input-change and conditioning-change are relative to the call before', () => {
    const probes = probesOf({ kind: 'modulated-input-change' }, { kind: 'conditioning-change' });
    made(probes, { index: 0, modulated: 2, conditioning: -4 });
    expect(made(probes, { index: 1, modulated: 3, conditioning: -5 })).toEqual({
      'modulated-input-change': 0.5,
      'conditioning-change': 0.25,
    });
    // Relative to call 1, although it was skipped or not.
    expect(made(probes, { index: 2, modulated: 6, conditioning: -5, isComputed: false })).toEqual({
      'modulated-input-change': 1,
      'conditioning-change': 0,
    });
    expect(made(probes, { index: 3, modulated: 9, conditioning: -5 })).toMatchObject({
      'modulated-input-change': 0.5,
    });
  });

  it('input-change is the mean distance to the call before, not relative', () => {
    const probes = probesOf({ kind: 'input-change' });
    made(probes, { index: 0, input: 2 });
    expect(made(probes, { index: 1, input: -1, isComputed: false })).toEqual({ 'input-change': 3 });
    expect(made(probes, { index: 2, input: 0 })).toEqual({ 'input-change': 1 });
  });

  it('first-blocks-change is relative to the newest call that computed everything', () => {
    const probes = probesOf({ kind: 'first-blocks-change', count: 1 });
    made(probes, { index: 0, blocks: 5, isComputed: false });
    expect(made(probes, { index: 1, blocks: 2 })).toEqual({});
    expect(made(probes, { index: 2, blocks: 3, isComputed: false })).toEqual({
      'first-blocks-change': 0.5,
    });
    expect(made(probes, { index: 3, blocks: 4, isComputed: false })).toEqual({
      'first-blocks-change': 1,
    });
  });

  it('a change relative to zeros, or of something infinite, does not exist', () => {
    const probes = probesOf({ kind: 'modulated-input-change' });
    made(probes, { index: 0, modulated: 0 });
    expect(made(probes, { index: 1, modulated: 1 })).toEqual({});
    expect(made(probes, { index: 2, modulated: Infinity })).toEqual({});
    expect(made(probes, { index: 3, modulated: NaN })).toEqual({});
  });
});

describe('what is measured after a call', () => {
  it('output-rate is of computed calls alone, and spans to the computed one before', () => {
    const probes = probesOf({ kind: 'output-rate' });
    expect(made(probes, { index: 0, input: 1, output: -3 })).toEqual({ 'output-size': 3 });
    expect(made(probes, { index: 1, input: 9, output: 9, isComputed: false })).toEqual({});
    expect(made(probes, { index: 2, input: 5, output: 1 })).toEqual({
      'output-size': 1,
      'output-change': 4,
      'input-span': 4,
    });
  });

  it('feature-change is relative to the older feature, of calls that computed the site', () => {
    const probes = probesOf({ kind: 'feature-change', site: SITE });
    expect(made(probes, { index: 0, feature: 1 })).toEqual({});
    expect(made(probes, { index: 1 })).toEqual({});
    // |4 - 1| / |1|
    expect(made(probes, { index: 2, feature: 4 })).toEqual({ 'feature-change': 3 });
    expect(made(probes, { index: 3, feature: 2, isComputed: false })).toEqual({
      // |2 - 4| / |4|
      'feature-change': 0.5,
    });
  });

  it('feature-motion needs no call before', () => {
    const probes = probesOf({ kind: 'feature-motion', site: SITE, count: 1 });
    const feature = Float32Array.of(1, 3);
    expect(made(probes, { index: 0, feature })).toEqual({ 'feature-motion': 0.5 });
    expect(made(probes, { index: 1 })).toEqual({});
  });

  it('feature-gram is of the newest features, newest first, as many as there are', () => {
    const probes = probesOf({ kind: 'feature-gram', count: 2 });
    const features = [Float32Array.of(1, 0), Float32Array.of(2, 1), Float32Array.of(0, 3)];
    const [first, second, third] = features.map((feature, index) =>
      made(probes, { index: 2 * index, feature }),
    );
    expect(first).toEqual({ 'gram.0.0': 1 });
    expect(second).toEqual({ 'gram.0.0': 5, 'gram.0.1': 2, 'gram.1.1': 1 });
    expect(third).toEqual({ 'gram.0.0': 9, 'gram.0.1': 3, 'gram.1.1': 5 });
    expect(made(probes, { index: 7 })).toEqual({});
  });

  it('a site of two probes is remembered for the one that needs more', () => {
    const probes = probesOf(
      { kind: 'feature-gram', count: 3 },
      { kind: 'feature-change', site: SITE },
      { kind: 'feature-motion', site: SITE, count: 1 },
    );
    [1, 2].forEach((feature, index) => made(probes, { index, feature }));
    expect(made(probes, { index: 2, feature: 4 })).toMatchObject({
      'gram.2.2': 2,
      'feature-change': 1,
      'feature-motion': 0,
    });
  });
});

describe('what probes remember', () => {
  const KINDS = [{ kind: 'input-change' }, { kind: 'output-rate' }] as const;

  it('a call that is not committed has never been', () => {
    const probes = probesOf(...KINDS);
    made(probes, { index: 0, input: 1, output: 1 });
    const { call } = begin(probes, { index: 1, input: 100 });
    call.after({ output: Float32Array.of(100, 100), isComputed: true });
    expect(made(probes, { index: 1, input: 2, output: 3 })).toEqual({
      'input-change': 1,
      'output-size': 3,
      'output-change': 2,
      'input-span': 1,
    });
  });

  it('the newest call, made again, measures the same again and moves nothing', () => {
    const probes = probesOf(...KINDS, { kind: 'feature-gram', count: 2 });
    made(probes, { index: 0, input: 1, output: 1, feature: 1 });
    const second = { index: 1, input: 2, output: 3, feature: 2 };
    const answer = made(probes, second);
    expect(made(probes, second)).toEqual(answer);
    expect(made(probes, second)).toEqual(answer);
    expect(made(probes, { index: 2, input: 4, output: 3, feature: 3 })).toMatchObject({
      'input-change': 2,
      'gram.1.1': 8,
    });
  });

  it('an earlier call is refused', () => {
    const probes = probesOf({ kind: 'input-change' });
    made(probes, { index: 3, input: 1 });
    expect(() => probes.beginCall(2)).toThrow(
      expect.objectContaining({
        code: 'failed-precondition',
        message: 'call 2 cannot be measured after call 3',
      }),
    );
  });

  it('without probes nothing is measured, and calls may come in any order', () => {
    const probes = probesOf();
    expect(made(probes, { index: 3, input: 1, output: 1, feature: 1 })).toEqual({});
    expect(made(probes, { index: 2, input: 1, output: 1, feature: 1 })).toEqual({});
  });

  it('arrays are copied: the caller may write to its own afterwards', () => {
    const probes = probesOf(...KINDS, { kind: 'feature-change', site: SITE });
    const [input, output, feature] = [Float32Array.of(1), Float32Array.of(1), Float32Array.of(1)];
    const nothing = { modulatedInput: null, conditioning: null, firstBlocks: null };
    const first = probes.beginCall(0);
    first.before({ ...nothing, input });
    first.feature(SITE, feature);
    first.after({ output, isComputed: true });
    first.commit();
    [input, output, feature].forEach((values) => values.fill(50));
    const second = probes.beginCall(1);
    expect(second.before({ ...nothing, input: Float32Array.of(3) })).toEqual({ 'input-change': 2 });
    second.feature(SITE, Float32Array.of(2));
    expect(second.after({ output: Float32Array.of(4), isComputed: true })).toEqual({
      'output-size': 4,
      'output-change': 3,
      'input-span': 2,
      'feature-change': 1,
    });
  });

  it('branches remember apart', () => {
    const setup = setupOf([], { kind: 'input-change' });
    const [cond, uncond] = [createBranchProbes(setup, LAYOUT), createBranchProbes(setup, LAYOUT)];
    made(cond, { index: 0, input: 1 });
    expect(made(uncond, { index: 1, input: 2 })).toEqual({});
    expect(made(cond, { index: 1, input: 2 })).toEqual({ 'input-change': 1 });
  });
});

describe('when a setup measures', () => {
  it.each([
    ['input-change', true, false],
    ['modulated-input-change', true, false],
    ['conditioning-change', true, false],
    ['first-blocks-change', true, false],
    ['output-rate', false, true],
    ['feature-change', false, true],
    ['feature-motion', false, true],
    ['feature-gram', false, true],
  ] as const)('%s: before the call %s, after it %s', (kind, isBefore, isAfter) => {
    const setup = setupOf([], { kind });
    expect([measuresBefore(setup), measuresAfter(setup)]).toEqual([isBefore, isAfter]);
  });

  it('without probes never', () => {
    expect([measuresBefore(NO_SETUP), measuresAfter(NO_SETUP)]).toEqual([false, false]);
  });
});
