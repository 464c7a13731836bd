/** Which call of which branch. */
interface CallKey {
  readonly branch: string;
  readonly callIndex: number;
}

/** A state and the call after which it came to be. */
interface Entry<S> {
  readonly callIndex: number;
  readonly state: S;
}

/** What a policy knew before each call, branch by branch. */
export interface BranchLog<S> {
  /** The state that the calls of a branch before this one led to. */
  before(call: CallKey): S;
  /** The state after a call. A call that is not newer than the branch's newest moves nothing. */
  record(call: CallKey, state: S): void;
  /** Forgets all. */
  clear(): void;
}

/**
 * Keeps every state a run went through, a few numbers a call, so that a question that comes twice, late or out of order
 * is answered from what was known at its call.
 */
export function createBranchLog<S>(initial: S): BranchLog<S> {
  const branches = new Map<string, Entry<S>[]>();
  return {
    before({ branch, callIndex }) {
      const entries = branches.get(branch) ?? [];
      // From the newest: all but retries stop at the first.
      for (let i = entries.length - 1; i >= 0; i--) {
        const entry = entries[i];
        if (entry !== undefined && entry.callIndex < callIndex) return entry.state;
      }
      return initial;
    },
    record({ branch, callIndex }, state) {
      const entries = branches.get(branch) ?? [];
      branches.set(branch, entries);
      const newest = entries.at(-1)?.callIndex ?? -1;
      if (callIndex > newest) entries.push({ callIndex, state });
    },
    clear: () => branches.clear(),
  };
}
