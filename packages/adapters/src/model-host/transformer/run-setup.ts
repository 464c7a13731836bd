import { invalidArgument } from '@forecache/core';

import { MAX_HISTORY_SIZE } from '../call-plan.js';
import type { ModelDescription, Probe, RunSetup, SiteKind } from '../model-host.js';
import { describeSite, sitesOfGranularity } from '../site-description.js';

const KEPT_KINDS: readonly SiteKind[] = [
  'attention',
  'mlp',
  'residual',
  'hidden',
  'output',
  'change',
];
const TOKEN_KINDS: readonly SiteKind[] = ['attention', 'mlp'];
/** Sites whose features are [tokens, width] a sample. */
const TOKEN_FEATURES: readonly SiteKind[] = ['attention', 'mlp', 'residual', 'hidden'];

const KEPT_RULE = 'a module, blocks.<first>-<last>, hidden, output or change';

/** Throws unless a host of this transformer can keep and measure what the setup asks for. */
export function assertRunSetup(setup: RunSetup, description: ModelDescription): void {
  assertInteger('setup.history_size', setup.historySize, [1, MAX_HISTORY_SIZE]);
  assertSites('setup.sites', setup.sites, (path, site) => {
    assertKind(path, describeSite(description, site).kind, {
      among: KEPT_KINDS,
      site,
      rule: KEPT_RULE,
    });
  });
  assertTokenCache(setup, description);
  setup.probes.forEach((probe, index) => {
    const path = `setup.probes[${index}]`;
    // Scalars are named after the kind alone.
    if (setup.probes.findIndex(({ kind }) => kind === probe.kind) < index) {
      throw invalidArgument(`${path}.kind`, 'named once', probe.kind);
    }
    assertProbe(probe, path, { setup, description });
  });
}

function assertTokenCache({ tokenCache }: RunSetup, description: ModelDescription): void {
  if (tokenCache === null) return;
  const path = 'setup.token_cache.sites';
  if (tokenCache.sites.length === 0) throw invalidArgument(path, 'at least one site', []);
  assertSites(path, tokenCache.sites, (name, site) => {
    const { kind } = describeSite(description, site);
    assertKind(name, kind, { among: TOKEN_KINDS, site, rule: 'an attention or MLP module' });
  });
}

interface ProbedRun {
  readonly setup: RunSetup;
  readonly description: ModelDescription;
}

function assertProbe(probe: Probe, path: string, run: ProbedRun): void {
  const { kind, count, site } = probe;
  const isSited = kind === 'feature-change' || kind === 'feature-motion';
  if (!isSited && site !== '') throw invalidArgument(`${path}.site`, `empty for ${kind}`, site);
  switch (kind) {
    case 'first-blocks-change': {
      const blocks = sitesOfGranularity(run.description, 'block').length;
      return assertInteger(`${path}.count`, count, [1, blocks]);
    }
    case 'feature-motion':
      return assertMotion(probe, path, run.description);
    case 'feature-gram':
      return assertGram(count, path, run.setup);
    case 'feature-change':
      assertProbedSite(probe, path, { ...run, among: KEPT_KINDS, rule: KEPT_RULE });
      break;
    case 'modulated-input-change':
    case 'conditioning-change':
    case 'input-change':
    case 'output-rate':
  }
  if (count !== 0) throw invalidArgument(`${path}.count`, `0 for ${kind}`, count);
}

function assertMotion(probe: Probe, path: string, description: ModelDescription): void {
  const rule = 'a module, blocks.<first>-<last> or hidden';
  const { output } = assertProbedSite(probe, path, { description, among: TOKEN_FEATURES, rule });
  const [tokens = 0] = output.shape;
  const { count } = probe;
  if (Number.isSafeInteger(count) && count >= 1 && count < tokens && tokens % count === 0) return;
  const divisor = `tokens of a frame: a divisor of the site's ${tokens} tokens, and less than them`;
  throw invalidArgument(`${path}.count`, divisor, count);
}

function assertGram(count: number, path: string, { sites, historySize }: RunSetup): void {
  if (sites.length !== 1) {
    throw invalidArgument('setup.sites', 'exactly one site for probe feature-gram', sites);
  }
  assertInteger(`${path}.count`, count, [2, MAX_HISTORY_SIZE]);
  if (count <= historySize) return;
  throw invalidArgument(`${path}.count`, `at most setup.history_size (${historySize})`, count);
}

function assertProbedSite(
  { site }: Probe,
  path: string,
  how: {
    readonly description: ModelDescription;
    readonly among: readonly SiteKind[];
    readonly rule: string;
  },
) {
  const described = describeSite(how.description, site);
  assertKind(`${path}.site`, described.kind, { ...how, site });
  return described;
}

function assertSites(
  path: string,
  sites: readonly string[],
  assertSite: (name: string, site: string) => void,
): void {
  sites.forEach((site, index) => {
    const name = `${path}[${index}]`;
    assertSite(name, site);
    if (sites.indexOf(site) < index) throw invalidArgument(name, 'named once', site);
  });
}

function assertKind(
  name: string,
  kind: SiteKind,
  how: { readonly among: readonly SiteKind[]; readonly site: string; readonly rule: string },
): void {
  if (!how.among.includes(kind)) throw invalidArgument(name, how.rule, how.site);
}

function assertInteger(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalidArgument(name, `an integer in ${least}..${most}`, value);
}
