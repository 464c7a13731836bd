import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ForecastError } from '@forecache/core';

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.onnx$/;

/** One exported segment. */
export interface OnnxSegment {
  readonly path: string;
  /** An attention's second graph, which computes chosen tokens and measures all; null elsewhere. */
  readonly byTokenPath: string | null;
  readonly flops: number;
}

/** What the host needs of a model's `manifest.json`. */
export interface OnnxManifest {
  readonly model: string;
  readonly depth: number;
  readonly width: number;
  readonly tokens: number;
  /** Channels, height, width. */
  readonly image: readonly [number, number, number];
  /** Class labels and the null class. */
  readonly labelCount: number;
  /** By site name. */
  readonly segments: ReadonlyMap<string, OnnxSegment>;
}

/** Reads the manifest of an exported adaLN-zero transformer. */
export async function readManifest(directory: string): Promise<OnnxManifest> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ForecastError('not-found', `model manifest ${path} cannot be read`, { cause });
  });
  try {
    return parseManifest(JSON.parse(text), directory);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `model manifest ${path} is wrong: ${reason}`;
    throw new ForecastError('failed-precondition', message, { cause });
  }
}

function parseManifest(root: unknown, directory: string): OnnxManifest {
  const patch = count(root, 'config.patch');
  const height = count(root, 'image.height');
  const width = count(root, 'image.width');
  const depth = count(root, 'config.depth');
  return {
    model: text(root, 'id'),
    depth,
    width: count(root, 'config.width'),
    tokens: (height / patch) * (width / patch),
    image: [count(root, 'image.channels'), height, width],
    labelCount: count(root, 'nullClass') + 1,
    segments: parseSegments(root, depth, directory),
  };
}

function parseSegments(
  root: unknown,
  depth: number,
  directory: string,
): ReadonlyMap<string, OnnxSegment> {
  const pathOf = (name: string) => join(directory, fileName(root, `segments.${name}.file`));
  const segmentOf = (name: string): OnnxSegment => {
    const path = pathOf(name);
    const flops = count(root, `segments.${name}.flopsPerSample`);
    return { path, byTokenPath: null, flops };
  };
  const attentionOf = (name: string): OnnxSegment => {
    return { ...segmentOf(name), byTokenPath: pathOf(`${name}.byToken`) };
  };
  const segments = new Map([['embed', segmentOf('embed')]]);
  segments.set('modulation', segmentOf('modulation'));
  for (let block = 0; block < depth; block++) {
    const number = String(block).padStart(2, '0');
    segments.set(`blocks.${block}.attention`, attentionOf(`attention-${number}`));
    segments.set(`blocks.${block}.mlp`, segmentOf(`mlp-${number}`));
  }
  return segments.set('head', segmentOf('head'));
}

/** A file beside the manifest. */
function fileName(root: unknown, path: string): string {
  const file = text(root, path);
  if (FILE_NAME.test(file)) return file;
  throw new Error(`${path} ${file} is not a file name`);
}

/** The value at a dotted path of own properties. */
function valueAt(root: unknown, path: string): unknown {
  let value: unknown = root;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      throw new Error(`${path} is missing`);
    }
    value = Reflect.get(value, name);
  }
  return value;
}

function count(root: unknown, path: string): number {
  const value = valueAt(root, path);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`${path} must be an integer >= 1, got ${JSON.stringify(value)}`);
}

function text(root: unknown, path: string): string {
  const value = valueAt(root, path);
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${path} must be a text, got ${JSON.stringify(value)}`);
}
