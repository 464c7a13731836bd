import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelManifest } from '@forecache/demo-model';
import { hashOfWeights } from './onnx-weights.js';

/** Hexadecimal digits that are kept: enough to tell models apart, short enough to read. */
const DIGITS = 12;

/**
 * Names what a model's images and measures depend on: the weights of every segment and of the classifier, and the data
 * set's statistics. A new export of the same weights keeps the name.
 */
export async function modelFingerprint(
  manifest: ModelManifest,
  directory: string,
): Promise<string> {
  const segments = Object.values(manifest.segments).map(({ file }) => file);
  const hash = createHash('sha256');
  for (const file of [...segments, manifest.classifier.file].sort()) {
    hash.update(hashOfWeights(await readFile(join(directory, file))));
  }
  hash.update(await readFile(join(directory, manifest.reference.file)));
  return hash.digest('hex').slice(0, DIGITS);
}
