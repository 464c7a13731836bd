import { invalidArgument } from './invalid-argument.js';
import { FRAMES_PER_LATENT, PIXELS_PER_TOKEN } from './patch-grid.js';

/** What one call of a network works on. */
export interface ModelSize {
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** Frames of a video, 1 for an image. */
  readonly frames: number;
  /** Tokens of the prompt, 0 for a class-conditional model. */
  readonly textTokens: number;
  /** Images or videos a call, without classifier-free guidance; default 1. */
  readonly samples: number;
}

/** A size with the model's defaults left out. */
export type SizeOptions = Partial<ModelSize>;

/** What one number of a size may be. */
export interface SizeRule {
  readonly defaultValue: number;
  /** The rules in words, each with its test; the first one broken is reported. */
  readonly checks: readonly {
    readonly rule: string;
    readonly accepts: (value: number) => boolean;
  }[];
}

/** The rules of a model, one a number. `samples` has the same rule everywhere. */
export type SizeRules = Readonly<Record<Exclude<keyof ModelSize, 'samples'>, SizeRule>>;

/** Longest side, most frames and most samples: no total comes near the largest double. */
const MAX_SIDE = 16_384;
const MAX_FRAMES = 4_097;
const MAX_SAMPLES = 1_024;

const SAMPLES = integerBetween(1, 1, MAX_SAMPLES);

/** A side in pixels that is a whole number of tokens. */
export function side(defaultValue: number): SizeRule {
  const { checks } = integerBetween(defaultValue, PIXELS_PER_TOKEN, MAX_SIDE);
  const rule = `a multiple of ${PIXELS_PER_TOKEN}`;
  const accepts = (value: number) => value % PIXELS_PER_TOKEN === 0;
  return { defaultValue, checks: [...checks, { rule, accepts }] };
}

/** Frames of a video: the VAE keeps the first frame and compresses the rest. */
export function videoFrames(defaultValue: number): SizeRule {
  const { checks } = integerBetween(defaultValue, 1, MAX_FRAMES);
  const rule = `one more than a multiple of ${FRAMES_PER_LATENT}`;
  const accepts = (value: number) => value % FRAMES_PER_LATENT === 1;
  return { defaultValue, checks: [...checks, { rule, accepts }] };
}

/** A whole number with bounds, both included. */
export function integerBetween(defaultValue: number, minimum: number, maximum: number): SizeRule {
  const accepts = (value: number) =>
    Number.isInteger(value) && value >= minimum && value <= maximum;
  const rule = `an integer between ${minimum} and ${maximum}`;
  return { defaultValue, checks: [{ rule, accepts }] };
}

/** The one value a model knows. */
export function only(value: number, because: string): SizeRule {
  const accepts = (given: number) => Object.is(given, value);
  return { defaultValue: value, checks: [{ rule: `${value} (${because})`, accepts }] };
}

/** Fills the defaults and checks every number. Throws with name, value and rule; nothing is rounded. */
export function compileSize(rules: SizeRules, options: SizeOptions): ModelSize {
  const all: Readonly<Record<keyof ModelSize, SizeRule>> = { ...rules, samples: SAMPLES };
  const names = Object.keys(all);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(all, name)) {
      throw invalidArgument('name in a size', `one of ${names.join(', ')}`, name);
    }
  }
  return Object.freeze({
    height: compileNumber('height', all.height, options.height),
    width: compileNumber('width', all.width, options.width),
    frames: compileNumber('frames', all.frames, options.frames),
    textTokens: compileNumber('textTokens', all.textTokens, options.textTokens),
    samples: compileNumber('samples', all.samples, options.samples),
  });
}

function compileNumber(name: string, rule: SizeRule, given: number | undefined): number {
  const value = given ?? rule.defaultValue;
  const broken = rule.checks.find((check) => !check.accepts(value));
  if (broken !== undefined) throw invalidArgument(name, broken.rule, value);
  return value;
}
