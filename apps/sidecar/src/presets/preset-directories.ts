import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { demoModelDirectory } from '@forecache/demo-model';

/** The environment, as far as the place of presets depends on it. */
export interface PresetEnvironment {
  readonly [name: string]: string | undefined;
}

/**
 * Where presets lie, first come first: the user's directory, then those that come with the demo model. The user's is what
 * the command line names, then `FORECACHE_PRESETS`, then `forecache/presets` in the configuration directory.
 */
export function presetDirectories(
  env: PresetEnvironment,
  flag: string | undefined = undefined,
): readonly string[] {
  const own =
    flag ?? (env['FORECACHE_PRESETS'] || join(configDirectory(env), 'forecache', 'presets'));
  return [own, join(demoModelDirectory(), '..', 'presets')];
}

/** `$XDG_CONFIG_HOME`; its specification says that a relative path counts as none. */
function configDirectory(env: PresetEnvironment): string {
  const given = env['XDG_CONFIG_HOME'] ?? '';
  return isAbsolute(given) ? given : join(env['HOME'] || homedir(), '.config');
}
