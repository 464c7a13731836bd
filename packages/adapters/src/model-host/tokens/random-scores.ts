/**
 * Fills `scores` with pseudo-random numbers in [0, 1) that depend on `seed` and the position only, so that a call made
 * again chooses the same tokens. Not for secrets: FNV-1a of the text, then the finaliser of MurmurHash3 (both are in
 * the public domain). Allocates nothing.
 */
export function fillRandomScores(scores: Float32Array, seed: string): void {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) {
    state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
  }
  for (let at = 0; at < scores.length; at++) {
    // 24 bits, as many as float32 holds: 2^-24 is the step, and 1 is never reached.
    scores[at] = (mix(state + Math.imul(at + 1, 0x9e3779b9)) >>> 8) / 2 ** 24;
  }
}

function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
