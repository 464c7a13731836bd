import { ForecastError } from '@forecache/core';

import type { Granularity, ModelDescription, SiteDescription, SiteKind } from './model-host.js';

/** Kinds of sites that are modules of a block: what `module` forecasts. */
export type ModuleKind = Extract<SiteKind, 'attention' | 'cross-attention' | 'mlp' | 'single'>;

const MODULE_KINDS: readonly string[] = [
  'attention',
  'cross-attention',
  'mlp',
  'single',
] satisfies readonly ModuleKind[];

const RESIDUAL_NAME = /^blocks\.(0|[1-9]\d{0,5})-(0|[1-9]\d{0,5})$/;

/** A range of blocks, both ends included. */
export interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** The range that a residual's name says, `blocks.<first>-<last>`; null for the name of any other site. */
export function residualRange(name: string): BlockRange | null {
  const match = RESIDUAL_NAME.exec(name);
  return match && { first: Number(match[1]), last: Number(match[2]) };
}

/** Name of what the blocks of a range add. */
export function residualSite({ first, last }: BlockRange): string {
  return `blocks.${first}-${last}`;
}

/** The site with this name among those the host lists; `not-found` when there is none. */
export function siteOf(description: ModelDescription, name: string): SiteDescription {
  const site = description.sites.find((candidate) => candidate.name === name);
  if (site !== undefined) return site;
  const message = `site ${JSON.stringify(name)} is unknown to model ${description.model}`;
  throw new ForecastError('not-found', message);
}

/**
 * The site with this name: a listed one, or the residual of any range of blocks, which no host lists. A residual has
 * the type of `hidden`, costs nothing of its own, and cannot be forwarded.
 */
export function describeSite(description: ModelDescription, name: string): SiteDescription {
  const range = residualRange(name);
  const isRange =
    range !== null && range.first <= range.last && range.last < blockCount(description);
  if (!isRange) return siteOf(description, name);
  return {
    name,
    kind: 'residual',
    block: range.first,
    input: null,
    output: siteOf(description, 'hidden').output,
    flops: 0,
    isForwardable: false,
  };
}

/**
 * Names of the sites where a plan of this granularity applies when the run's setup names none, in walk order:
 * `block` every block's residual, `residual` that of the whole stack.
 */
export function sitesOfGranularity(
  description: ModelDescription,
  granularity: Granularity,
): readonly string[] {
  const names = namesOf(description, granularity);
  if (names.length > 0) return names;
  const message = `model ${description.model} has no sites of granularity ${granularity}`;
  throw new ForecastError('unimplemented', message);
}

function namesOf(description: ModelDescription, granularity: Granularity): readonly string[] {
  const listed = (...kinds: readonly string[]) =>
    description.sites.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const blocks = blockCount(description);
  switch (granularity) {
    case 'module':
      return listed(...MODULE_KINDS);
    case 'block':
      return Array.from({ length: blocks }, (_, block) => {
        return residualSite({ first: block, last: block });
      });
    case 'residual':
      return blocks === 0 ? [] : [residualSite({ first: 0, last: blocks - 1 })];
    case 'hidden':
    case 'output':
    case 'change':
      return listed(granularity);
  }
}

/** Whether a site of this kind is a module of a block. */
export function isModuleKind(kind: string): kind is ModuleKind {
  return MODULE_KINDS.includes(kind);
}

/** Blocks that have a module. */
export function blockCount({ sites }: Pick<ModelDescription, 'sites'>): number {
  return sites
    .filter(({ kind }) => isModuleKind(kind))
    .reduce((most, { block }) => Math.max(most, block + 1), 0);
}
