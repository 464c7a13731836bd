import { gramFromFeatures } from '@forecache/core';

import type { Probe, RunSetup, Scalars } from '../../model-host.js';
import type { TransformerLayout } from '../../transformer/transformer-layout.js';
import {
  featureMotion,
  meanAbsolute,
  meanAbsoluteDifference,
  relativeChange,
} from './feature-distance.js';
import type { ComputedCall, ProbeMemory, SeenBefore, SeenCall } from './probe-memory.js';

/** Numbers by scalar name; NaN where there is none. */
type Measured = Readonly<Record<string, number>>;

/** Two features of one place; null where there is none yet. */
type Pair = readonly [now: Float32Array | null | undefined, then: Float32Array | null | undefined];

/** The setup of a run and the network it is on. */
export interface ProbedRun {
  readonly setup: RunSetup;
  readonly layout: TransformerLayout;
}

/** What is measured before a call. A number that does not exist, or is not finite, is absent. */
export function measureBefore(seen: SeenBefore, memory: ProbeMemory, run: ProbedRun): Scalars {
  const { last, computed } = memory;
  const measured = (kind: Probe['kind']): Measured => {
    switch (kind) {
      case 'modulated-input-change':
        return { [kind]: compare([seen.modulatedInput, last?.modulatedInput], relativeChange) };
      case 'conditioning-change':
        return { [kind]: compare([seen.conditioning, last?.conditioning], relativeChange) };
      case 'input-change':
        return { [kind]: compare([seen.input, last?.input], meanAbsoluteDifference) };
      case 'first-blocks-change':
        return { [kind]: compare([seen.firstBlocks, computed?.firstBlocks], relativeChange) };
      default:
        return {};
    }
  };
  return existing(run.setup.probes.map(({ kind }) => measured(kind)));
}

/** What is measured after a call. */
export function measureAfter(seen: SeenCall, memory: ProbeMemory, run: ProbedRun): Scalars {
  const measured = ({ kind, site, count }: Probe): Measured => {
    switch (kind) {
      case 'output-rate':
        return outputRate(seen, memory.computed);
      case 'feature-change': {
        const [older] = memory.features.get(site) ?? [];
        return { [kind]: compare([seen.features.get(site), older], relativeChange) };
      }
      case 'feature-motion': {
        const { tokens, width } = run.layout;
        const sizes = { sampleLength: tokens * width, frameLength: count * width };
        const feature = seen.features.get(site);
        return { [kind]: feature === undefined ? NaN : featureMotion(feature, sizes) };
      }
      case 'feature-gram':
        return featureGram(newestFeatures(run.setup.sites[0] ?? '', seen, memory), count);
      default:
        return {};
    }
  };
  return existing(run.setup.probes.map(measured));
}

function outputRate(seen: SeenCall, before: ComputedCall | null): Measured {
  const { output, input, isComputed } = seen;
  if (!isComputed || output === null) return {};
  return {
    'output-size': meanAbsolute(output),
    'output-change': compare([output, before?.output], meanAbsoluteDifference),
    'input-span': compare([input, before?.input], meanAbsoluteDifference),
  };
}

/** Newest first; none when this call did not compute the site. */
function newestFeatures(
  site: string,
  seen: SeenCall,
  memory: ProbeMemory,
): readonly Float32Array[] {
  const newest = seen.features.get(site);
  return newest === undefined ? [] : [newest, ...(memory.features.get(site) ?? [])];
}

function featureGram(features: readonly Float32Array[], count: number): Measured {
  const gram = gramFromFeatures(features.slice(0, count));
  const entries = gram.flatMap((row, i) =>
    row.slice(i).map((product, offset) => [`gram.${i}.${i + offset}`, product] as const),
  );
  return Object.fromEntries(entries);
}

function compare(
  [now, then]: Pair,
  distance: (now: Float32Array, then: Float32Array) => number,
): number {
  return now && then ? distance(now, then) : NaN;
}

function existing(measured: readonly Measured[]): Scalars {
  const entries = measured.flatMap((each) => Object.entries(each));
  return Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value)));
}
