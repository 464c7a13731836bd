import type { ModelSize } from './model-size.js';

/** Pixels of a side that become one token: the VAE's 8 times the patch's 2, in every model of the catalog. */
export const PIXELS_PER_TOKEN = 16;

/** Frames that become one latent frame, after the first. */
export const FRAMES_PER_LATENT = 4;

/** Numbers in a patch of the 16-channel latents of all models but DiT: 16 × 2 × 2. */
export const PATCH_NUMBERS = 64;

/** Bytes a number. */
export const BFLOAT16 = 2;

/** Bytes a number. */
export const FLOAT32 = 4;

/** Tokens of an image, or of a video's latent frames. */
export function patchTokens({ height, width, frames }: ModelSize): number {
  const latentFrames = (frames - 1) / FRAMES_PER_LATENT + 1;
  return latentFrames * (height / PIXELS_PER_TOKEN) * (width / PIXELS_PER_TOKEN);
}
