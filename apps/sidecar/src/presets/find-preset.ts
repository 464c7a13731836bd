import type { Preset } from '@forecache/cache-policy';
import { ForecastError } from '@forecache/core';
import { presetDirectories, type PresetEnvironment } from './preset-directories.js';
import { readPresetFile } from './preset-file.js';
import { createPresetStore } from './preset-store.js';

/**
 * The preset that a person names on the command line: a file where the text has a slash or ends in `.json`, otherwise
 * a name. Over gRPC there are names only.
 */
export async function findPreset(text: string, env: PresetEnvironment): Promise<Preset> {
  if (!isPath(text)) return createPresetStore(presetDirectories(env)).find(text);
  const preset = await readPresetFile(text);
  if (preset !== null) return preset;
  throw new ForecastError('not-found', `preset file ${text} does not exist`);
}

function isPath(text: string): boolean {
  return /[/\\]/.test(text) || text.endsWith('.json');
}
