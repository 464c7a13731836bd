import { assertMonotone, invalidArgument } from '@forecache/core';
import { MAX_CALLS } from '../run-description.js';
import { ANY_GRANULARITY } from '../stateless-policy.js';
import { assertForecastSchedule, callsOfSchedule } from './forecast-schedule.js';
import { isPresetName, PRESET_NAME_RULE } from './preset-name.js';
import type { Preset, PresetIdentity, PresetProvenance, PresetVariant } from './preset.js';
import {
  readInteger,
  readList,
  readNumber,
  readNumberOrNull,
  readObject,
  readText,
  wrong,
} from './read-fields.js';

/** What a preset file says that it is. */
const FORMAT = 'forecache preset';

/** The file format's version. */
const VERSION = 1;

/** Most characters of a name in the identity, and of the provenance's note. */
const MOST_CHARACTERS = { word: 200, note: 10_000 } as const;

const ANY_INTEGER = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;
const COUNT = [0, Number.MAX_SAFE_INTEGER] as const;

/**
 * The preset in a file's parsed JSON. Strict, as the file may come from anyone: every field must be there, no other may be,
 * and errors name field, value and rule.
 */
export function readPreset(content: unknown): Preset {
  const fields = ['format', 'version', 'name', 'identity', 'granularity', 'provenance', 'variants'];
  const file = readObject('preset', content, fields);
  if (file['format'] !== FORMAT) throw wrong('format', `"${FORMAT}"`, file['format']);
  if (file['version'] !== VERSION) throw wrong('version', `${VERSION}`, file['version']);
  const identity = readIdentity(file['identity']);
  return Object.freeze({
    name: readName(file['name']),
    identity,
    granularity: readGranularity(file['granularity']),
    provenance: readProvenance(file['provenance']),
    variants: readVariants(file['variants'], identity.calls),
  });
}

/** What a preset file holds: `JSON.stringify` writes it. Reading it gives the preset again. */
export function printPreset(preset: Preset): unknown {
  const { name, identity, granularity, provenance, variants } = preset;
  return { format: FORMAT, version: VERSION, name, identity, granularity, provenance, variants };
}

function readName(value: unknown): string {
  if (typeof value === 'string' && isPresetName(value)) return value;
  throw wrong('name', PRESET_NAME_RULE, value);
}

function readIdentity(value: unknown): PresetIdentity {
  const fields = ['model', 'sampler', 'steps', 'calls', 'timesteps', 'guidance', 'size'];
  const identity = readObject('identity', value, fields);
  const word = (field: string) =>
    readText(`identity.${field}`, identity[field], MOST_CHARACTERS.word);
  const count = (field: string) =>
    readInteger(`identity.${field}`, identity[field], [1, MAX_CALLS]);
  const calls = count('calls');
  return Object.freeze({
    model: word('model'),
    sampler: word('sampler'),
    steps: count('steps'),
    calls,
    timesteps: readTimesteps(identity['timesteps'], calls),
    guidance: readNumberOrNull('identity.guidance', identity['guidance']),
    size: word('size'),
  });
}

function readTimesteps(value: unknown, calls: number): readonly number[] {
  const name = 'identity.timesteps';
  const timesteps = readList(name, value, readNumber);
  if (timesteps.length !== 0 && timesteps.length !== calls) {
    throw invalidArgument(`count of ${name}`, `0 or one a call (${calls})`, timesteps.length);
  }
  assertMonotone(name, timesteps);
  return timesteps;
}

function readGranularity(value: unknown): Preset['granularity'] {
  const found = ANY_GRANULARITY.find((granularity) => granularity === value);
  if (found !== undefined) return found;
  throw wrong('granularity', `one of ${ANY_GRANULARITY.join(', ')}`, value);
}

function readProvenance(value: unknown): PresetProvenance {
  const fields = ['runs', 'seeds', 'heldOutRuns', 'note'];
  const provenance = readObject('provenance', value, fields);
  return Object.freeze({
    runs: readInteger('provenance.runs', provenance['runs'], COUNT),
    seeds: readList('provenance.seeds', provenance['seeds'], (name, seed) =>
      readInteger(name, seed, ANY_INTEGER),
    ),
    heldOutRuns: readInteger('provenance.heldOutRuns', provenance['heldOutRuns'], COUNT),
    note: readText('provenance.note', provenance['note'], MOST_CHARACTERS.note),
  });
}

function readVariants(value: unknown, calls: number): readonly PresetVariant[] {
  const variants = readList('variants', value, (name, entry) => readVariant(name, entry, calls));
  if (variants.length === 0) throw wrong('variants', 'a list of at least one', value);
  variants.forEach(({ fullCalls }, i) => {
    const before = variants[i - 1]?.fullCalls.length ?? 0;
    if (fullCalls.length > before) return;
    const rule = `more than the ${before} of the variant before`;
    throw invalidArgument(`count of variants[${i}].fullCalls`, rule, fullCalls.length);
  });
  return variants;
}

function readVariant(name: string, value: unknown, calls: number): PresetVariant {
  const variant = readObject(name, value, ['fullCalls', 'weights', 'relativeError', 'psnr']);
  const schedule = {
    fullCalls: readList(`${name}.fullCalls`, variant['fullCalls'], readNumber),
    weights: readList(`${name}.weights`, variant['weights'], (list, weights) =>
      readList(list, weights, readNumber),
    ),
  };
  if (callsOfSchedule(schedule) !== calls) {
    const rule = `${calls - schedule.fullCalls.length}, one for each call that is not full`;
    throw invalidArgument(`count of ${name}.weights`, rule, schedule.weights.length);
  }
  assertForecastSchedule(schedule, `${name}.`);
  return Object.freeze({
    ...schedule,
    relativeError: readNumberOrNull(`${name}.relativeError`, variant['relativeError'], 0),
    psnr: readNumberOrNull(`${name}.psnr`, variant['psnr']),
  });
}
