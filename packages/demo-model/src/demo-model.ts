import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFieldReader } from './field-reader.js';
import { parseManifest, type ModelManifest } from './model-manifest.js';

/** Name of the file that describes a model directory. */
export const MANIFEST_FILE = 'manifest.json';

/** The class of one image, by name and index. */
export interface ClassName {
  readonly name: string;
  readonly index: number;
}

/** A Gaussian fitted to the data set's features; covariance divisor count - 1. */
export interface ReferenceStatistics {
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly count: number;
}

/** Absolute path of the shipped model directory. */
export function demoModelDirectory(): string {
  return fileURLToPath(new URL('../model', import.meta.url));
}

/** The checked manifest of a model directory. Default: the shipped one. */
export async function loadManifest(directory = demoModelDirectory()): Promise<ModelManifest> {
  return parseManifest(await readJson(directory, MANIFEST_FILE), MANIFEST_FILE);
}

/** The data set's feature statistics that belong to a manifest of the same directory. */
export async function loadReferenceStatistics(
  manifest: ModelManifest,
  directory = demoModelDirectory(),
): Promise<ReferenceStatistics> {
  const { file, featureSize } = manifest.reference;
  const content = createFieldReader(await readJson(directory, file), file);
  const mean = content.numbers('mean');
  if (mean.length !== featureSize) throw content.wrong('mean', `${featureSize} numbers`);
  const covariance = content.list('covariance').map((row) => {
    if (isRow(row, featureSize)) return row;
    throw content.wrong('covariance', `${featureSize} rows of ${featureSize} numbers`);
  });
  return { mean, covariance, count: content.positive('count') };
}

/** The class that a person named: `dress`, `ankle boot`, `ankle-boot`, or `0` to `9`; null when there is none. */
export function findClass(manifest: ModelManifest, wanted: string): ClassName | null {
  const spelling = wanted
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
  const index = manifest.classNames.findIndex(
    (name, i) => name.toLowerCase().replace(/[\s_-]+/g, '-') === spelling || String(i) === spelling,
  );
  const name = manifest.classNames[index];
  return name === undefined ? null : { name, index };
}

function isRow(row: unknown, size: number): row is readonly number[] {
  return Array.isArray(row) && row.length === size && row.every((value) => Number.isFinite(value));
}

async function readJson(directory: string, file: string): Promise<unknown> {
  const path = join(directory, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`model directory has no readable ${file}: ${path}`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} must be JSON: ${path}`, { cause });
  }
}
