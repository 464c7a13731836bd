import type { ProbeNeeds } from './probe-needs.js';

/** What a call shows before the decision; null where no probe needs it. */
export interface SeenBefore {
  readonly input: Float32Array | null;
  readonly modulatedInput: Float32Array | null;
  /** [batch, width] */
  readonly conditioning: Float32Array | null;
  /** What the first blocks add, [batch, tokens, width]. */
  readonly firstBlocks: Float32Array | null;
}

/** What a call shows at its end. */
export interface SeenAfter {
  /** Null where no probe needs it. */
  readonly output: Float32Array | null;
  /** Whether everything was computed, nothing forecast, reused or refreshed in part. */
  readonly isComputed: boolean;
  /** Features of probed sites that this call computed. */
  readonly features: ReadonlyMap<string, Float32Array>;
}

/** A whole call. */
export type SeenCall = SeenBefore & SeenAfter;

/** What is remembered of a call that computed everything. */
export type ComputedCall = Pick<SeenCall, 'input' | 'firstBlocks' | 'output'>;

/** What the probes of a branch know of the calls before. Never written: every call makes a new one. */
export interface ProbeMemory {
  /** The call before. */
  readonly last: SeenBefore | null;
  /** The newest call that computed everything. */
  readonly computed: ComputedCall | null;
  /** The newest computed features of probed sites, newest first. */
  readonly features: ReadonlyMap<string, readonly Float32Array[]>;
}

/** Before the first call. */
export const NO_MEMORY: ProbeMemory = Object.freeze({
  last: null,
  computed: null,
  features: new Map<string, readonly Float32Array[]>(),
});

/** The memory after a call. */
export function remember(memory: ProbeMemory, call: SeenCall, needs: ProbeNeeds): ProbeMemory {
  const { input, modulatedInput, conditioning, firstBlocks, output, features } = call;
  const remembered = [...needs.features].map(([site, count]) => {
    const newest = features.get(site);
    const older = memory.features.get(site) ?? [];
    return [site, newest === undefined ? older : [newest, ...older].slice(0, count)] as const;
  });
  return {
    last: { input, modulatedInput, conditioning, firstBlocks },
    computed: call.isComputed ? { input, firstBlocks, output } : memory.computed,
    features: new Map(remembered),
  };
}
