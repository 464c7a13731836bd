import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPreset, writePresets } from '../../test/test-preset.js';
import { findPreset } from './find-preset.js';
import { presetDirectories } from './preset-directories.js';
import { MAX_PRESET_BYTES } from './preset-file.js';
import { createPresetStore } from './preset-store.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'forecache-test-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const storeOf = (...folders: string[]) =>
  createPresetStore(folders.map((folder) => join(directory, folder)));

describe('a preset store', () => {
  it('finds by name, in the first directory that has it', async () => {
    const shipped = testPreset({ granularity: 'hidden' });
    writePresets(join(directory, 'own'), testPreset());
    writePresets(join(directory, 'shipped'), shipped, testPreset({ name: 'other' }));
    const store = storeOf('missing', 'own', 'shipped');
    expect((await store.find('ten')).granularity).toBe('output');
    expect((await store.find('other')).name).toBe('other');
    const { presets, troubles } = await store.list();
    expect(presets.map(({ preset }) => [preset.name, preset.granularity])).toEqual([
      ['other', 'output'],
      ['ten', 'output'],
    ]);
    expect(troubles).toEqual([]);
  });

  it('sees a preset that is written later', async () => {
    const store = storeOf('own');
    await expect(store.find('ten')).rejects.toThrow(
      'preset must be one that there is, and there are none, got "ten"',
    );
    writePresets(join(directory, 'own'), testPreset());
    expect((await store.find('ten')).name).toBe('ten');
    await expect(store.find('eleven')).rejects.toThrow('preset must be one of ten, got "eleven"');
  });

  it.each([
    '../secret',
    '..',
    '.',
    '/etc/passwd',
    'own/../../secret',
    'a\\b',
    'a\u0000',
    '',
    '.ten',
  ])('looks at no file for the name %j', async (name) => {
    writePresets(directory, testPreset({ name: 'secret' }));
    const rule = '1 to 100 letters, digits, dots, dashes and underscores, a letter or digit first';
    await expect(storeOf('own').find(name)).rejects.toThrow(
      `preset must be ${rule}, got ${JSON.stringify(name)}`,
    );
  });

  it('lists what it can, and names every file that is no preset', async () => {
    const own = join(directory, 'own');
    writePresets(own, testPreset());
    writeFileSync(join(own, 'broken.json'), '{');
    writeFileSync(join(own, 'other-name.json'), JSON.stringify({ format: 'x' }));
    mkdirSync(join(own, 'folder.json'));
    writeFileSync(join(own, 'notes.txt'), 'no preset');
    const { presets, troubles } = await storeOf('own').list();
    expect(presets.map(({ preset }) => preset.name)).toEqual(['ten']);
    expect(troubles).toEqual([
      `preset file ${join(own, 'broken.json')}: it must be JSON`,
      `preset file ${join(own, 'folder.json')} cannot be read: it is not a file`,
      `preset file ${join(own, 'other-name.json')}: format must be "forecache preset", got "x"`,
    ]);
  });

  it('refuses a file that is called otherwise than its preset, and one that is too large', async () => {
    const own = join(directory, 'own');
    writePresets(own, testPreset());
    writeFileSync(join(own, 'large.json'), '');
    truncateSync(join(own, 'large.json'), MAX_PRESET_BYTES + 1);
    await expect(storeOf('own').find('large')).rejects.toThrow(
      `it has ${MAX_PRESET_BYTES + 1} bytes, more than ${MAX_PRESET_BYTES}`,
    );
    rmSync(join(own, 'large.json'));
    copyFileSync(join(own, 'ten.json'), join(own, 'copy.json'));
    await expect(storeOf('own').find('copy')).rejects.toThrow(
      `name of preset file ${join(own, 'copy.json')} must be that of the file, "copy", got "ten"`,
    );
  });
});

describe('findPreset', () => {
  it('takes a name or, unlike a sidecar, a file', async () => {
    writePresets(directory, testPreset());
    const env = { FORECACHE_PRESETS: directory };
    expect((await findPreset('ten', env)).name).toBe('ten');
    expect((await findPreset(join(directory, 'ten.json'), {})).name).toBe('ten');
    await expect(findPreset('./no-such.json', env)).rejects.toThrow(
      'preset file ./no-such.json does not exist',
    );
  });
});

describe('presetDirectories', () => {
  const first = (env: Record<string, string>, flag?: string) => presetDirectories(env, flag)[0];

  it('flag, then environment, then configuration directory, then home', () => {
    const env = { FORECACHE_PRESETS: '/a', XDG_CONFIG_HOME: '/b', HOME: '/c' };
    expect(first(env, '/flag')).toBe('/flag');
    expect(first(env)).toBe('/a');
    expect(first({ ...env, FORECACHE_PRESETS: '' })).toBe('/b/forecache/presets');
    expect(first({ XDG_CONFIG_HOME: 'relative', HOME: '/c' })).toBe('/c/.config/forecache/presets');
  });

  it('ends with the demo model’s', () => {
    expect(presetDirectories({}).at(-1)).toMatch(/demo-model\/presets$/);
  });
});
