import { printPreset, type Preset, type PresetVariant } from '@forecache/cache-policy';
import type { Command } from 'commander';
import type { Output } from '../command-line/output.js';
import { textTable } from '../command-line/text-table.js';
import { findPreset } from '../presets/find-preset.js';
import { presetDirectories } from '../presets/preset-directories.js';
import { createPresetStore, type StoredPreset } from '../presets/preset-store.js';

const HELP = `
Presets are files NAME.json in the directory FORECACHE_PRESETS (default: forecache/presets in the configuration directory)
and beside the demo model. An error is that of the final sample on runs that were left out of the fit.

Examples:
  $ forecache presets
  $ forecache presets my-preset
  $ forecache presets ./my-preset.json --json
  $ forecache generate --preset my-preset --full-calls 12 --out out/preset`;

/** `forecache presets`: what `--preset` accepts, and what is in it. */
export function registerPresets(program: Command, output: Output): void {
  program
    .command('presets')
    .argument('[preset]', 'name or file of a preset: print what is in it')
    .summary('list the presets, or print one')
    .description('Lists measured policies that --preset accepts, or prints one with its variants.')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, flags: { readonly json?: true }) => {
      if (name === undefined) return listPresets(output, flags);
      const preset = await findPreset(name, process.env);
      output.print(flags.json ? JSON.stringify(printPreset(preset)) : describePreset(preset));
    });
}

async function listPresets(output: Output, { json }: { readonly json?: true }): Promise<void> {
  const directories = presetDirectories(process.env);
  const { presets, troubles } = await createPresetStore(directories).list();
  troubles.forEach((trouble) => output.warn(trouble));
  if (json) {
    output.print(JSON.stringify({ presets: presets.map(summaryOf) }));
    return;
  }
  if (presets.length === 0) {
    output.print(`no presets in ${directories.join(' or ')}`);
    return;
  }
  const head = ['name', 'model', 'sampler', 'calls', 'granularity', 'full calls', 'error'];
  const rows = presets.map(({ preset }) => rowOf(preset));
  output.print(textTable([head, ...rows], [0, 1, 2, 4]));
}

/** A preset without its schedules. */
function summaryOf({ preset, file }: StoredPreset) {
  const { name, identity, granularity, variants } = preset;
  const short = variants.map(({ fullCalls, relativeError, psnr }) => ({
    fullCalls: fullCalls.length,
    relativeError,
    psnr,
  }));
  return { name, file, identity, granularity, variants: short };
}

function rowOf({ name, identity, granularity, variants }: Preset): readonly string[] {
  const counts = variants.map(({ fullCalls }) => String(fullCalls.length));
  const errors = variants.map(errorOf);
  const { model, sampler, calls } = identity;
  return [name, model, sampler, String(calls), granularity, ends(counts), ends(errors)];
}

/** `5 to 18`, or the only one. */
function ends(texts: readonly string[]): string {
  const [first = '', last = first] = [texts[0], texts.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

function describePreset(preset: Preset): string {
  const { name, identity, granularity, provenance, variants } = preset;
  const { model, sampler, steps, calls, guidance, size } = identity;
  const facts = [
    `${name}: ${model}, ${sampler}, ${steps} steps, ${calls} calls, granularity ${granularity}`,
    `${guidance === null ? 'without guidance' : `guidance ${guidance}`}${size === '' ? '' : `, ${size}`}`,
    `fitted on ${provenance.runs} runs, errors of ${measuredOn(preset)}`,
    ...(provenance.note === '' ? [] : [provenance.note]),
  ];
  const rows = variants.map((variant) => [
    String(variant.fullCalls.length),
    errorOf(variant),
    variant.psnr === null ? '–' : `${variant.psnr.toFixed(1)} dB`,
    variant.fullCalls.join(' '),
  ]);
  const table = textTable([['full', 'error', 'psnr', 'full calls'], ...rows], [3]);
  return `${facts.join('\n')}\n\n${table}`;
}

function measuredOn({ provenance: { heldOutRuns } }: Preset): string {
  return heldOutRuns === 0 ? 'each of them left out in turn' : `${heldOutRuns} others`;
}

function errorOf({ relativeError }: PresetVariant): string {
  return relativeError === null ? '–' : `${Number((100 * relativeError).toPrecision(2))} %`;
}
