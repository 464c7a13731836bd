import type { SizeOptions } from '@forecache/model-catalog';
import type { Command } from 'commander';
import { parseInteger } from '../command-line/parse-values.js';

/** What a person says about the size of an image or video. */
export interface SizeFlags {
  readonly height?: string;
  readonly width?: string;
  readonly frames?: string;
  readonly textTokens?: string;
}

/** Adds `--height`, `--width`, `--frames` and `--text-tokens`; the model's own size is their default. */
export function addSizeFlags(command: Command): Command {
  return command
    .option('--height <pixels>', 'height of the image or video; default: the model’s')
    .option('--width <pixels>', 'its width')
    .option('--frames <count>', 'frames of the video')
    .option('--text-tokens <count>', 'tokens of the prompt');
}

/** The size that a person gave; what they left out is left out. */
export function sizeOptionsOf({ height, width, frames, textTokens }: SizeFlags): SizeOptions {
  return {
    ...given('height', height),
    ...given('width', width),
    ...given('frames', frames),
    ...given('textTokens', textTokens),
  };
}

function given<N extends keyof SizeOptions>(name: N, text: string | undefined): SizeOptions {
  return text === undefined ? {} : { [name]: parseInteger(name, text, 0) };
}
