import type { CallResult } from './cache-policy.js';
import type { NetworkShape } from './network-shape.js';
import type { Probe } from './probe.js';

/** Measured numbers by name. */
export type Scalars = Readonly<Record<string, number>>;

/** Measures what a policy asks for, of one branch of a run. */
export interface SyntheticHost {
  /** Before a call. Asked twice, it answers the same. */
  before(callIndex: number): Scalars;
  /** Runs a call: what is measured after it. */
  run(callIndex: number, kind: CallResult['kind']): Scalars;
}

/** Six blocks of attention and MLP over 49 tokens, as the embedded demo model has. */
export const TEST_NETWORK: NetworkShape = Object.freeze({
  blocks: 6,
  sites: Object.freeze(
    Array.from({ length: 6 }, (_, block) =>
      (['attention', 'mlp'] as const).map((kind) =>
        Object.freeze({ name: `blocks.${block}.${kind}`, kind, block, tokens: 49 }),
      ),
    ).flat(),
  ),
});

/** A measurement from the calls computed so far, newest last; undefined where a number does not exist yet. */
type Measured = Readonly<Record<string, number | undefined>>;

/**
 * A host without a network, for tests: every tensor is a short vector that moves smoothly along the run, fast at first.
 * Measures as `ProbeKind` says, and like a real host leaves out what does not exist yet. `phase` tells branches apart.
 */
export function createSyntheticHost(probes: readonly Probe[], phase = 0): SyntheticHost {
  const computed: number[] = [];
  const feature = (call: number) => vectorAt(call, phase + 0.5);

  function measureBefore({ kind }: Probe, call: number): Measured {
    const lastFull = computed.at(-1);
    const sinceLast = call === 0 ? undefined : relative(feature(call), feature(call - 1));
    switch (kind) {
      case 'modulated-input-change':
      case 'conditioning-change':
        return { [kind]: sinceLast };
      case 'input-change':
        return { [kind]: call === 0 ? undefined : distance(feature(call), feature(call - 1)) };
      case 'first-blocks-change':
        return {
          [kind]: lastFull === undefined ? undefined : relative(feature(call), feature(lastFull)),
        };
      default:
        return {};
    }
  }

  function measureAfter({ kind, count }: Probe, call: number): Measured {
    const lastFull = computed.at(-1);
    const [output, before] = [vectorAt(call, phase + 2), vectorAt(lastFull ?? NaN, phase + 2)];
    switch (kind) {
      case 'output-rate':
        return {
          'output-size': mean(output),
          'output-change': lastFull === undefined ? undefined : distance(output, before),
          'input-span':
            lastFull === undefined ? undefined : distance(feature(call), feature(lastFull)),
        };
      case 'feature-change':
        return {
          [kind]: lastFull === undefined ? undefined : relative(feature(call), feature(lastFull)),
        };
      case 'feature-motion':
        return { [kind]: motion(feature(call)) };
      case 'feature-gram':
        return gram([...computed, call].slice(-count).map(feature).reverse());
      default:
        return {};
    }
  }

  return {
    before: (call) => existing(probes.map((probe) => measureBefore(probe, call))),
    run(call, kind) {
      if (kind !== 'full') return {};
      const scalars = existing(probes.map((probe) => measureAfter(probe, call)));
      computed.push(call);
      return scalars;
    },
  };
}

/** Six numbers that decay and turn at speeds of their own. */
function vectorAt(call: number, phase: number): readonly number[] {
  return Array.from({ length: 6 }, (_, i) => {
    const turning = Math.sin(phase + i + (call * (i + 1)) / 60);
    return 2 + turning + Math.exp(-call / (4 + i));
  });
}

function distance(a: readonly number[], b: readonly number[]): number {
  return mean(a.map((value, i) => value - (b[i] ?? NaN)));
}

function relative(a: readonly number[], b: readonly number[]): number {
  return distance(a, b) / mean(b);
}

/** Between frames of one token. */
function motion(tokens: readonly number[]): number {
  const [later, earlier] = [tokens.slice(1), tokens.slice(0, -1)];
  return distance(later, earlier) / (mean(later) + mean(earlier));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
}

function gram(features: readonly (readonly number[])[]): Measured {
  const entries = features.flatMap((left, i) =>
    features.slice(i).map((right, offset): [string, number] => {
      const product = left.reduce((sum, value, k) => sum + value * (right[k] ?? NaN), 0);
      return [`gram.${i}.${i + offset}`, product];
    }),
  );
  return Object.fromEntries(entries);
}

function existing(measured: readonly Measured[]): Scalars {
  const entries = measured.flatMap((numbers) => Object.entries(numbers));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}
