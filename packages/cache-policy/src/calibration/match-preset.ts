import type { Preset, PresetIdentity } from './preset.js';

/** What is known of a run that a preset is used in; what is left out is not compared. */
export type RunIdentity = Partial<PresetIdentity>;

/** Largest difference of two schedules of timesteps, as a share of their range, that counts as none. */
const TIMESTEP_TOLERANCE = 0.01;

/** One sentence for each way in which a run differs from those that the preset was measured on. */
export function matchPreset({ name, identity }: Preset, run: RunIdentity): readonly string[] {
  const measured = `preset ${name} was measured`;
  return [
    wordWarning(`${measured} on model`, identity.model, run.model),
    wordWarning(`${measured} with sampler`, identity.sampler, run.sampler),
    callsWarning(measured, identity, run),
    timestepsWarning(measured, identity.timesteps, run.timesteps ?? []),
    guidanceWarning(measured, identity.guidance, run.guidance),
    wordWarning(`${measured} at size`, identity.size, run.size),
  ].filter((warning) => warning !== null);
}

/** Names differ in more than case and the part before the last slash: a repository's owner. */
function wordWarning(what: string, own: string, given = ''): string | null {
  if (own === '' || given === '' || lastPart(own) === lastPart(given)) return null;
  return `${what} ${own}, the run has ${given}`;
}

function lastPart(name: string): string {
  return (name.split('/').at(-1) ?? name).toLowerCase();
}

/** Other steps with as many calls are another sampler's; other calls are said once. */
function callsWarning(measured: string, own: PresetIdentity, run: RunIdentity): string | null {
  if (run.calls !== undefined && run.calls !== own.calls) {
    return (
      `${measured} with ${own.calls} calls, the run has ${run.calls}: schedule and weights are stretched, ` +
      `the error was measured at ${own.calls}`
    );
  }
  if (run.steps === undefined || run.steps === own.steps) return null;
  return `${measured} with ${own.steps} steps, the run has ${run.steps}`;
}

function guidanceWarning(
  measured: string,
  own: number | null,
  given: number | null | undefined,
): string | null {
  if (given === undefined || given === own) return null;
  return `${measured} ${guidanceOf(own)}, the run is ${guidanceOf(given)}`;
}

function guidanceOf(guidance: number | null): string {
  return guidance === null ? 'without guidance' : `at guidance ${guidance}`;
}

function timestepsWarning(
  measured: string,
  own: readonly number[],
  given: readonly number[],
): string | null {
  if (own.length < 2 || given.length < 2) return null;
  const difference = largestDifference(normalised(own), normalised(given));
  if (!(difference > TIMESTEP_TOLERANCE)) return null;
  const percent = Number((100 * difference).toPrecision(2));
  return `${measured} with other timesteps: they differ by up to ${percent} % of their range`;
}

/** Timesteps as shares of the way from the first to the last: units and direction do not count. */
function normalised(timesteps: readonly number[]): readonly number[] {
  const [first = NaN, last = NaN] = [timesteps[0], timesteps.at(-1)];
  return timesteps.map((timestep) => (timestep - first) / (last - first));
}

/** At the calls of the longer run, the other one's timesteps on the lines between its calls. */
function largestDifference(a: readonly number[], b: readonly number[]): number {
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
  return longer.reduce((largest, value, call) => {
    const place = (call * (shorter.length - 1)) / (longer.length - 1);
    return Math.max(largest, Math.abs(value - at(shorter, place)));
  }, 0);
}

function at(values: readonly number[], place: number): number {
  const left = Math.min(Math.floor(place), values.length - 2);
  const [from = NaN, to = NaN] = [values[left], values[left + 1]];
  return from + (place - left) * (to - from);
}
