import type { ProbeKind, RunSetup } from '../../model-host.js';

const BEFORE: ReadonlySet<ProbeKind> = new Set([
  'modulated-input-change',
  'conditioning-change',
  'input-change',
  'first-blocks-change',
] as const);

/** Whether something is measured before a call, for the decision about that call. */
export function measuresBefore({ probes }: RunSetup): boolean {
  return probes.some(({ kind }) => BEFORE.has(kind));
}

/** Whether something is measured after a call, for the decisions about later ones. */
export function measuresAfter({ probes }: RunSetup): boolean {
  return probes.some(({ kind }) => !BEFORE.has(kind));
}

/** What a walk shows to the probes of a run. */
export interface ProbeNeeds {
  readonly input: boolean;
  readonly modulatedInput: boolean;
  readonly conditioning: boolean;
  /** Blocks to compute before the decision; 0 for none. */
  readonly firstBlocks: number;
  readonly output: boolean;
  /** Sites whose computed features are shown, and how many of the newest ones are remembered. */
  readonly features: ReadonlyMap<string, number>;
}

/** What the probes of a setup need. */
export function probeNeeds({ probes, sites }: RunSetup): ProbeNeeds {
  const has = (...kinds: readonly ProbeKind[]) => probes.some(({ kind }) => kinds.includes(kind));
  const features = new Map<string, number>();
  const need = (site: string, remembered: number) =>
    features.set(site, Math.max(remembered, features.get(site) ?? 0));
  for (const { kind, count, site } of probes) {
    if (kind === 'feature-change') need(site, 1);
    if (kind === 'feature-motion') need(site, 0);
    if (kind === 'feature-gram') need(sites[0] ?? '', count - 1);
  }
  return {
    input: has('input-change', 'output-rate'),
    modulatedInput: has('modulated-input-change'),
    conditioning: has('conditioning-change'),
    firstBlocks: probes.find(({ kind }) => kind === 'first-blocks-change')?.count ?? 0,
    output: has('output-rate'),
    features,
  };
}
