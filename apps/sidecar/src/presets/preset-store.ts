import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isPresetName, PRESET_NAME_RULE, type Preset } from '@forecache/cache-policy';
import { ForecastError, invalidArgument } from '@forecache/core';
import { messageOf } from '../error-message.js';
import { isMissing, readPresetFile } from './preset-file.js';

/** A preset and where it lies. */
export interface StoredPreset {
  readonly preset: Preset;
  readonly file: string;
}

/** Everything that lies in a store. */
export interface StoredPresets {
  /** By name; of two with one name the first directory's. */
  readonly presets: readonly StoredPreset[];
  /** One line for each file that is no preset. */
  readonly troubles: readonly string[];
}

/** Presets by name. A file is read when it is asked for, so a new one needs no restart. */
export interface PresetStore {
  /** Throws when there is none, or when the name is no name: nobody gets at other files. */
  find(name: string): Promise<Preset>;
  list(): Promise<StoredPresets>;
}

const SUFFIX = '.json';

/** The presets `NAME.json` of these directories, first come first. A directory that is missing has none. */
export function createPresetStore(directories: readonly string[]): PresetStore {
  async function names(): Promise<readonly string[]> {
    const lists = await Promise.all(directories.map(namesIn));
    return [...new Set(lists.flat())].sort();
  }

  async function lookUp(name: string): Promise<StoredPreset | null> {
    for (const directory of directories) {
      const file = join(directory, `${name}${SUFFIX}`);
      const preset = await readPresetFile(file);
      if (preset === null) continue;
      assertNamed(preset, { name, file });
      return { preset, file };
    }
    return null;
  }

  return {
    async find(name) {
      if (!isPresetName(name)) throw invalidArgument('preset', PRESET_NAME_RULE, name);
      const found = await lookUp(name);
      if (found !== null) return found.preset;
      const known = await names();
      const rule =
        known.length === 0 ? 'one that there is, and there are none' : `one of ${known.join(', ')}`;
      throw invalidArgument('preset', rule, name);
    },
    async list() {
      const presets: StoredPreset[] = [];
      const troubles: string[] = [];
      for (const name of await names()) {
        try {
          const found = await lookUp(name);
          if (found !== null) presets.push(found);
        } catch (error) {
          troubles.push(messageOf(error));
        }
      }
      return { presets, troubles };
    },
  };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory).catch((cause: unknown) => {
    if (isMissing(cause)) return [];
    const message = `presets of ${directory} cannot be listed: ${messageOf(cause)}`;
    throw new ForecastError('failed-precondition', message, { cause });
  });
  const names = entries.filter((entry) => entry.endsWith(SUFFIX));
  return names.map((entry) => entry.slice(0, -SUFFIX.length)).filter(isPresetName);
}

/** A file is found by its name, so it has to be called what it says that it is. */
function assertNamed(
  preset: Preset,
  { name, file }: { readonly name: string; readonly file: string },
): void {
  if (preset.name === name) return;
  throw invalidArgument(`name of preset file ${file}`, `that of the file, "${name}"`, preset.name);
}
