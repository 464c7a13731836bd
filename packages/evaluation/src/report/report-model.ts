import type { Spread } from '../statistics/spread.js';
import type { CallAction } from './call-counts.js';

/** What one policy did and how good its images are. */
export interface PolicyResult {
  /** Row label, e.g. `TaylorSeer N=5 O=1`. */
  readonly label: string;
  /** Policy name and effective options: `taylorseer(interval=5, order=1, warmup=3)`. */
  readonly policy: string;
  /** One entry a call of the network, in order. */
  readonly actions: readonly CallAction[];
  /** Feature calls answered by the model; null where nobody counted (no sidecar). */
  readonly forwarded: number | null;
  /** Feature calls of which the model computed chosen tokens. */
  readonly partial: number | null;
  /** Feature calls answered by a forecast. */
  readonly forecast: number | null;
  /** Mean over the rounds. */
  readonly wallMs: number;
  /** Wall time of the reference divided by this one's in the same round; null where that says nothing. */
  readonly speedup: Spread | null;
  /** Against the reference's images, decibels; null for the reference itself. */
  readonly psnr: Spread | null;
  readonly ssim: Spread | null;
  /** Part of the images, 0 to 1, that the judge puts into the class that was asked for. */
  readonly classAccuracy: number | null;
  /** To the data set, in the judge's features; null where there are too few images. */
  readonly frechet: number | null;
}

/** One line of "how this was measured". */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Everything `renderReport` shows. Every string is plain text. */
export interface Report {
  readonly title: string;
  /** Paragraphs under the title. */
  readonly summary: readonly string[];
  readonly results: readonly PolicyResult[];
  /** PNG of the contact sheet and what it shows. */
  readonly sheet: { readonly png: Uint8Array; readonly caption: string };
  readonly facts: readonly Fact[];
  /** Things a reader must know before quoting a number. */
  readonly notes: readonly string[];
}
