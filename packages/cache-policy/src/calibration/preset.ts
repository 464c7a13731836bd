import type { Granularity } from '../network-shape.js';

/** A schedule with its weights, measured on one model, sampler and number of calls. */
export interface PresetVariant {
  /** Call indices, rising; the first is 0. */
  readonly fullCalls: readonly number[];
  /** Of every other call, in order: one weight a stored feature, newest first. */
  readonly weights: readonly (readonly number[])[];
  /**
   * How far final samples of left-out runs are from those of full compute: sqrt(Σ |x - x*|² / Σ |x*|²). Null: not
   * measured.
   */
  readonly relativeError: number | null;
  /** The same as peak signal-to-noise ratio in dB, mean over images in the host's image range. Null: not measured. */
  readonly psnr: number | null;
}

/** What a preset was measured on. A run that differs gets a warning with the difference. */
export interface PresetIdentity {
  /** Name or repository of the model: `demo`, `black-forest-labs/FLUX.1-dev`. */
  readonly model: string;
  /** `euler`, `dpmpp-2m`, or the class name of a Diffusers scheduler. */
  readonly sampler: string;
  /** Sampler steps, >= 1. */
  readonly steps: number;
  /** Calls of the network, >= 1. */
  readonly calls: number;
  /** Timestep of every call in the model's own unit, strictly monotone; empty when unknown. */
  readonly timesteps: readonly number[];
  /** Classifier-free guidance; null without. */
  readonly guidance: number | null;
  /** Width and height of the image, `1024x1024`; empty when unknown. */
  readonly size: string;
}

/** Where a preset comes from. */
export interface PresetProvenance {
  /** Runs it was fitted on. */
  readonly runs: number;
  /** Their seeds. */
  readonly seeds: readonly number[];
  /** Runs that errors were measured on; the fitted ones left out in turn where it is 0. */
  readonly heldOutRuns: number;
  /** Free text: versions, prompts, machine. */
  readonly note: string;
}

/** A saved, measured policy: the front of schedules and weights for one model, sampler and number of calls. */
export interface Preset {
  /** What `--preset` takes: letters, digits, dots, dashes and underscores. */
  readonly name: string;
  readonly identity: PresetIdentity;
  readonly granularity: Granularity;
  readonly provenance: PresetProvenance;
  /** By rising number of full calls, at least one. */
  readonly variants: readonly PresetVariant[];
}
