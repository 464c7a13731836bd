/** What is known of a sidecar, and what the person who waits was told of it. */
export interface SidecarPresence {
  /** Why it is gone; null while it is there. */
  readonly goneReason: string | null;
  /** One line for the person who waits, said once. */
  warn(message: string): void;
  /** It is gone, and `goingOn` says what happens instead. The first time it is said, later ones change nothing. */
  gone(reason: string, goingOn: string): void;
}

/** A sidecar that is there. */
export function createSidecarPresence(warn: (message: string) => void): SidecarPresence {
  const said = new Set<string>();
  let goneReason: string | null = null;
  return {
    get goneReason() {
      return goneReason;
    },
    warn(message) {
      if (said.has(message)) return;
      said.add(message);
      warn(message);
    },
    gone(reason, goingOn) {
      if (goneReason !== null) return;
      goneReason = reason;
      warn(`the sidecar is gone (${reason}); ${goingOn}`);
    },
  };
}
