import { invalidArgument } from '@forecache/core';

import type { NetworkShape, SiteShape } from '../cache-client/cache-client.js';
import type { Granularity__Output } from '../gen/forecache/v1/Granularity.js';
import type { NetworkShape as ShapeMessage } from '../gen/forecache/v1/NetworkShape.js';
import type { NetworkShape__Output } from '../gen/forecache/v1/NetworkShape.js';
import type { Probe as ProbeMessage, Probe__Output } from '../gen/forecache/v1/Probe.js';
import type { ProbeKind__Output } from '../gen/forecache/v1/ProbeKind.js';
import type { RunSetup as SetupMessage, RunSetup__Output } from '../gen/forecache/v1/RunSetup.js';
import type { SiteKind__Output } from '../gen/forecache/v1/SiteKind.js';
import type { TokenScore__Output } from '../gen/forecache/v1/TokenScore.js';
import type {
  Granularity,
  Probe,
  ProbeKind,
  RunSetup,
  Scalars,
  TokenScore,
} from '../model-host/model-host.js';
import { enumCodec } from './enum-codec.js';
import { assertIdentifier } from './fields.js';

const GRANULARITIES = {
  module: 'GRANULARITY_MODULE',
  block: 'GRANULARITY_BLOCK',
  hidden: 'GRANULARITY_HIDDEN',
  output: 'GRANULARITY_OUTPUT',
  residual: 'GRANULARITY_RESIDUAL',
  change: 'GRANULARITY_CHANGE',
} as const;

const granularities = enumCodec<Granularity, Granularity__Output>(GRANULARITIES);

/** A granularity; not set means the policy's own. */
export function decodeGranularity(message: Granularity__Output, name: string): Granularity | null {
  return message === 'GRANULARITY_UNSPECIFIED' ? null : granularities.decode(message, name);
}

/** The constant of a granularity. */
export function encodeGranularity(granularity: Granularity | null): Granularity__Output {
  return granularity === null ? 'GRANULARITY_UNSPECIFIED' : granularities.encode(granularity);
}

const tokenScores = enumCodec<TokenScore, TokenScore__Output>(
  {
    influence: 'TOKEN_SCORE_INFLUENCE',
    'value-norm': 'TOKEN_SCORE_VALUE_NORM',
    random: 'TOKEN_SCORE_RANDOM',
  },
  { constant: 'TOKEN_SCORE_UNSPECIFIED', word: 'influence' },
);

const probeKinds = enumCodec<ProbeKind, ProbeKind__Output>({
  'modulated-input-change': 'PROBE_KIND_MODULATED_INPUT_CHANGE',
  'conditioning-change': 'PROBE_KIND_CONDITIONING_CHANGE',
  'input-change': 'PROBE_KIND_INPUT_CHANGE',
  'first-blocks-change': 'PROBE_KIND_FIRST_BLOCKS_CHANGE',
  'output-rate': 'PROBE_KIND_OUTPUT_RATE',
  'feature-change': 'PROBE_KIND_FEATURE_CHANGE',
  'feature-motion': 'PROBE_KIND_FEATURE_MOTION',
  'feature-gram': 'PROBE_KIND_FEATURE_GRAM',
});

const moduleKinds = enumCodec<SiteShape['kind'], SiteKind__Output>({
  attention: 'SITE_KIND_ATTENTION',
  'cross-attention': 'SITE_KIND_CROSS_ATTENTION',
  mlp: 'SITE_KIND_MLP',
  single: 'SITE_KIND_SINGLE',
});

/** The setup of a run that only computes: nothing is kept and nothing measured. */
export const NO_SETUP: RunSetup = Object.freeze({
  granularity: 'module',
  sites: Object.freeze([]),
  historySize: 1,
  tokenCache: null,
  probes: Object.freeze([]),
});

/** A run's setup from the wire; an unset one keeps nothing. */
export function decodeRunSetup(message: RunSetup__Output | null, name: string): RunSetup {
  if (message === null) return NO_SETUP;
  const { granularity, sites, historySize, tokenCache, probes } = message;
  return {
    granularity: decodeGranularity(granularity, `${name}.granularity`) ?? 'module',
    sites: decodeSites(sites, `${name}.sites`),
    historySize: historySize === 0 ? 1 : historySize,
    tokenCache: tokenCache && {
      sites: decodeSites(tokenCache.sites, `${name}.token_cache.sites`),
      score: tokenScores.decode(tokenCache.score, `${name}.token_cache.score`),
    },
    probes: probes.map((probe, index) => decodeProbe(probe, `${name}.probes[${index}]`)),
  };
}

/** The message of a run's setup. */
export function encodeRunSetup(setup: RunSetup): SetupMessage {
  const { tokenCache } = setup;
  return {
    granularity: granularities.encode(setup.granularity),
    sites: [...setup.sites],
    historySize: setup.historySize,
    tokenCache: tokenCache && {
      sites: [...tokenCache.sites],
      score: tokenScores.encode(tokenCache.score),
    },
    probes: setup.probes.map(encodeProbe),
  };
}

/** The modules of a network from the wire. */
export function decodeNetworkShape(
  message: NetworkShape__Output | null,
  name: string,
): NetworkShape | null {
  if (message === null) return null;
  const { blocks, sites } = message;
  return {
    blocks,
    sites: sites.map((site, index) => {
      const path = `${name}.sites[${index}]`;
      if (site.block >= blocks) {
        throw invalidArgument(`${path}.block`, `an integer < blocks (${blocks})`, site.block);
      }
      if (site.tokens < 1) throw invalidArgument(`${path}.tokens`, 'an integer >= 1', site.tokens);
      return {
        name: assertIdentifier(`${path}.name`, site.name),
        kind: moduleKinds.decode(site.kind, `${path}.kind`),
        block: site.block,
        tokens: site.tokens,
      };
    }),
  };
}

/** The message of a network's modules. */
export function encodeNetworkShape(shape: NetworkShape | null): ShapeMessage | null {
  if (shape === null) return null;
  const sites = shape.sites.map((site) => ({ ...site, kind: moduleKinds.encode(site.kind) }));
  return { blocks: shape.blocks, sites };
}

/** Measured numbers from the wire: all finite. */
export function decodeScalars(scalars: Readonly<Record<string, number>>, name: string): Scalars {
  for (const [key, value] of Object.entries(scalars)) {
    if (!Number.isFinite(value)) throw invalidArgument(`${name}.${key}`, 'finite', value);
  }
  return scalars;
}

function decodeSites(sites: readonly string[], name: string): readonly string[] {
  const decoded = sites.map((site, index) => assertIdentifier(`${name}[${index}]`, site));
  decoded.forEach((site, index) => {
    if (decoded.indexOf(site) < index) {
      throw invalidArgument(`${name}[${index}]`, 'named once', site);
    }
  });
  return decoded;
}

function decodeProbe({ kind, count, site }: Probe__Output, name: string): Probe {
  return { kind: probeKinds.decode(kind, `${name}.kind`), count, site };
}

function encodeProbe({ kind, count, site }: Probe): ProbeMessage {
  return { kind: probeKinds.encode(kind), count, site };
}
