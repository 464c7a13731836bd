/** Numbers of a standard normal distribution, one image at a time. */
export interface NormalSource {
  next(): number;
}

const GOLDEN_GAMMA = 0x9e3779b9;

/**
 * Fills `target` with the standard normal noise of one image. The noise depends on `seed` alone: image i of
 * a run with seed s is image 0 of seed s + i, whatever the batch size.
 */
export function fillNoise(target: Float32Array, seed: number): void {
  const normal = createNormalSource(seed);
  for (let i = 0; i < target.length; i++) target[i] = normal.next();
}

/**
 * Box–Muller on xoshiro128** (Blackman & Vigna 2018), whose state is four outputs of SplitMix32. `seed` is an
 * integer from 0 to 2^53 - 1. Computed in doubles, with V8's own logarithm and cosine, hence the same on every
 * machine.
 */
export function createNormalSource(seed: number): NormalSource {
  const nextWord = createWordSource(seed);
  let spare: number | null = null;

  /** 53 random bits as a double in [0, 1). */
  function uniform(): number {
    const high = nextWord() >>> 5;
    const low = nextWord() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  return {
    next() {
      if (spare !== null) {
        const second = spare;
        spare = null;
        return second;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** xoshiro128**: 32 random bits a call, as an unsigned integer. */
export function createWordSource(seed: number): () => number {
  const seeding = createSplitMix(seed);
  let [a, b, c, d] = [seeding(), seeding(), seeding(), seeding()];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/** SplitMix32, the finaliser of MurmurHash3 over a Weyl sequence. Both halves of the seed count. */
function createSplitMix(seed: number): () => number {
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), GOLDEN_GAMMA)) | 0;
  return () => {
    state = (state + GOLDEN_GAMMA) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) | 0;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
