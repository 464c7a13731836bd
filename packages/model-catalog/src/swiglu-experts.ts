import { activation, layerNorm, linear } from './transformer-flops.js';

/** HiDream's image MLP: each token passes a shared expert and two of four routed ones. */
const ROUTED_EXPERTS = 4;
const ACTIVE_EXPERTS = 2;

/** Normalise, route, the active experts and the shared one, which is half as wide: the image stream's MLP. */
export function expertMlpBranch(tokens: number, width: number): number {
  const router = linear(tokens, width, ROUTED_EXPERTS);
  const routed = ACTIVE_EXPERTS * swiglu(tokens, width, swigluHidden(4 * width));
  const shared = swiglu(tokens, width, swigluHidden(2 * width));
  return layerNorm(tokens, width) + router + routed + shared;
}

/** Normalise, one expert: the text stream's MLP. */
export function swigluMlpBranch(tokens: number, width: number): number {
  return layerNorm(tokens, width) + swiglu(tokens, width, swigluHidden(4 * width));
}

/** Two products up, SiLU on one, one product down; multiplying the two is free. */
function swiglu(tokens: number, width: number, hidden: number): number {
  return 3 * linear(tokens, width, hidden) + activation(tokens * hidden);
}

/** Two thirds of the wanted width, rounded up to a multiple of 256. */
function swigluHidden(wanted: number): number {
  return 256 * Math.ceil(Math.floor((2 * wanted) / 3) / 256);
}
