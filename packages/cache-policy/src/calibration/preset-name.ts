/** What a preset can be called: no name leads out of a folder, or is hidden in it. */
export const PRESET_NAME_RULE =
  '1 to 100 letters, digits, dots, dashes and underscores, a letter or digit first';

/** Whether a text is the name of a preset. */
export function isPresetName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,99}$/.test(text);
}
