import {
  assertSameType,
  byteLength,
  withBatch,
  type Action,
  type CallKey,
  type FeatureCall,
  type InterceptCall,
  type PlacedTensor,
  type SharedRegion,
  type SiteDescription,
  type TensorType,
  type TokenSelection,
} from '@forecache/adapters';
import { ForecastError, invalidArgument } from '@forecache/core';
import { isNewer, type FeatureMemory, type ForecastTerm, type SiteKey } from './feature-memory.js';
import type { RunDecisions } from './run-decisions.js';
import { assertOwnRegion, type RunFile } from './run-file.js';

const FULL = Object.freeze({ kind: 'full' });

/** What a feature call is checked against. */
export interface InterceptContext {
  /** Samples in the batch, by branch. */
  readonly batches: ReadonlyMap<string, number>;
  /** Every site of the model, and the kept ones that only the client can compose. */
  readonly sites: ReadonlyMap<string, SiteDescription>;
  readonly decisions: RunDecisions;
  readonly memory: FeatureMemory;
  readonly file: RunFile | null;
}

interface CheckedFeature extends SiteKey, CallKey {
  /** Of the site's output, batch first. */
  readonly type: TensorType;
  readonly output: SharedRegion | null;
  /** Whether decisions are about this site; all others are computed in every call. */
  readonly isDecided: boolean;
}

/** How one feature call will be answered; everything about it has been checked. */
export type FeatureStep = CheckedFeature &
  (
    | { readonly kind: 'compute' }
    | {
        readonly kind: 'forward';
        readonly input: PlacedTensor | null;
        /** Set when only chosen tokens are computed. */
        readonly selection: TokenSelection | null;
        readonly isStored: boolean;
      }
    | { readonly kind: 'store'; readonly tensor: PlacedTensor; readonly isStored: boolean }
    | { readonly kind: 'forecast'; readonly terms: readonly ForecastTerm[] }
  );

/** Checks every feature call of a message before the first of them is answered. */
export function planFeatures(context: InterceptContext, call: InterceptCall): FeatureStep[] {
  if (call.features.length === 0) throw invalidArgument('features', 'at least one', 0);
  const names = new Set<string>();
  assertDisjoint(call.features);
  return call.features.map((feature, index) => {
    const name = `features[${index}]`;
    if (names.has(feature.site)) {
      throw invalidArgument(`${name}.site`, 'named once in a message', feature.site);
    }
    names.add(feature.site);
    return planFeature({ context, call, feature, name });
  });
}

interface FeatureInMessage {
  readonly context: InterceptContext;
  readonly call: CallKey;
  readonly feature: FeatureCall;
  /** Path in error messages: `features[2]`. */
  readonly name: string;
}

function planFeature(message: FeatureInMessage): FeatureStep {
  const { context, call, feature, name } = message;
  const site = context.sites.get(feature.site);
  if (site === undefined) {
    throw new ForecastError(
      'not-found',
      `${name}.site must be a site of the run, got ${JSON.stringify(feature.site)}`,
    );
  }
  const checked: CheckedFeature = {
    branch: call.branch,
    callIndex: call.callIndex,
    site: site.name,
    type: withBatch(site.output, batchOf(context, call.branch)),
    output: feature.output,
    isDecided: context.decisions.sites.isDecided(site.name),
  };
  assertOutputRegion(message, checked.type);
  // A site that no decision is about is computed before its call is decided: a policy may decide from what it gives.
  const action = checked.isDecided ? context.decisions.actionAt(call, site.name) : null;
  if (context.decisions.sites.byToken.has(site.name)) assertTokensAreKept(message, action);
  switch (action?.kind) {
    case 'forecast':
    case 'reuse':
      return { ...checked, kind: 'forecast', terms: storedTerms(context, checked) };
    case 'partial':
      return planForward({ ...message, checked, site }, { action, isStored: false });
    default:
      return planFull({ ...message, checked, site });
  }
}

/** The host keeps a site's feature by token as it computes it, so nobody else may compute it. */
function assertTokensAreKept({ feature, name }: FeatureInMessage, action: Action | null): void {
  if (action?.kind === 'forecast' || action?.kind === 'reuse') return;
  if (feature.value.kind === 'input') return;
  const rule = '`input`: the model host keeps the tokens of this site, and computes it';
  throw invalidArgument(`${name}.value`, rule, feature.value.kind);
}

interface CheckedMessage extends FeatureInMessage {
  readonly checked: CheckedFeature;
  readonly site: SiteDescription;
}

function planFull(message: CheckedMessage): FeatureStep {
  const { context, feature, name, checked, site } = message;
  const { value } = feature;
  if (value.kind === 'none' && (!site.isForwardable || site.input !== null)) {
    return { ...checked, kind: 'compute' };
  }
  const isStored = mustStore(context, checked);
  if (isStored) context.memory.reserve(checked, checked.type);
  if (value.kind !== 'computed') return planForward(message, { action: FULL, isStored });
  if (isStored && context.memory.keepsOnHost) {
    const rule = '`input`: the history of this run is on the model host';
    throw invalidArgument(`${name}.value`, rule, 'computed');
  }
  assertSameType(`${name}.computed`, checked.type, value.tensor);
  assertReadable(`${name}.computed`, value.tensor, context);
  return { ...checked, kind: 'store', tensor: value.tensor, isStored };
}

interface ForwardedWork {
  readonly action: Action & { readonly kind: 'full' | 'partial' };
  readonly isStored: boolean;
}

/** A step that the model host computes, in full or in part. */
function planForward(message: CheckedMessage, { action, isStored }: ForwardedWork): FeatureStep {
  const { context, feature, name, checked, site } = message;
  if (!site.isForwardable) {
    throw invalidArgument(
      `${name}.value`,
      `\`computed\`: the model host does not forward site ${JSON.stringify(site.name)}`,
      'input',
    );
  }
  const input = feature.value.kind === 'input' ? feature.value.tensor : null;
  assertInput({ name: `${name}.input`, input, site, batch: checked.type.shape[0] ?? 1 });
  if (input?.place === 'region') {
    assertOwnRegion(`${name}.input.region`, input.region, context.file);
  }
  const selection = action.kind === 'partial' ? action.selection : null;
  return { ...checked, kind: 'forward', input, selection, isStored };
}

/** Stored once: when a later call needs it, and no repeat or newer call has been stored before. */
function mustStore(context: InterceptContext, checked: CheckedFeature): boolean {
  if (!checked.isDecided) return false;
  if (!context.decisions.isNeededLater(checked, checked.site)) return false;
  return isNewer(checked.callIndex, context.memory.storedCalls(checked));
}

/** The plan's terms, all of them in the history: a forecast from other features would be silently wrong. */
function storedTerms(context: InterceptContext, checked: CheckedFeature): readonly ForecastTerm[] {
  const terms = context.decisions.terms(checked, checked.site);
  const stored = context.memory.storedCalls(checked);
  if (terms.every(({ callIndex }) => stored.includes(callIndex))) return terms;
  const needed = terms.map((term) => term.callIndex).join(', ');
  throw new ForecastError(
    'failed-precondition',
    `site ${JSON.stringify(checked.site)} of branch ${JSON.stringify(checked.branch)} cannot be ` +
      `forecast at call ${checked.callIndex}: it needs the true features of calls [${needed}], ` +
      `the history has [${stored.join(', ')}]`,
  );
}

/** Samples in a branch's batch; throws when the run has no such branch. */
export function batchOf(context: Pick<InterceptContext, 'batches'>, branch: string): number {
  const batch = context.batches.get(branch);
  if (batch !== undefined) return batch;
  throw invalidArgument('branch', `one of [${[...context.batches.keys()].join(', ')}]`, branch);
}

function assertOutputRegion({ context, feature, name }: FeatureInMessage, type: TensorType): void {
  if (feature.output === null) return;
  assertOwnRegion(`${name}.output`, feature.output, context.file);
  if (feature.output.byteLength !== byteLength(type)) {
    throw invalidArgument(
      `${name}.output.byte_length`,
      `the ${byteLength(type)} bytes of site ${JSON.stringify(feature.site)}`,
      feature.output.byteLength,
    );
  }
}

/** Regions that a message writes, or stores at its end, must not overlap: one would destroy another. */
function assertDisjoint(features: readonly FeatureCall[]): void {
  const regions = features.flatMap(({ output, value }, index) => {
    const isStored = value.kind === 'computed' && value.tensor.place === 'region';
    const region = isStored ? value.tensor.region : output;
    return region === null
      ? []
      : [{ index, start: region.offset, end: region.offset + region.byteLength }];
  });
  regions.sort((a, b) => a.start - b.start);
  regions.reduce<(typeof regions)[number] | null>((before, region) => {
    if (before !== null && before.end > region.start) {
      throw invalidArgument(
        `features[${region.index}]`,
        `in a region of its own`,
        `one that overlaps features[${before.index}]`,
      );
    }
    return region;
  }, null);
}

interface SiteInput {
  readonly name: string;
  readonly input: PlacedTensor | null;
  readonly site: SiteDescription;
  readonly batch: number;
}

function assertInput({ name, input, site, batch }: SiteInput): void {
  if (input === null) return;
  if (site.input === null) {
    throw invalidArgument(name, `unset: site ${JSON.stringify(site.name)} takes none`, 'a tensor');
  }
  assertSameType(name, withBatch(site.input, batch), input);
}

function assertReadable(name: string, tensor: PlacedTensor, context: InterceptContext): void {
  if (tensor.place === 'region') assertOwnRegion(`${name}.region`, tensor.region, context.file);
  if (tensor.place === 'handle') {
    throw invalidArgument(
      name,
      'inline or a region: only the model host opens handles',
      'a handle',
    );
  }
}
