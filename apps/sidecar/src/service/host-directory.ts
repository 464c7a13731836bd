import type { ModelDescription } from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import { askHost, type HostLink, type HostPatience } from './run-host.js';

/** A host together with what it serves now. */
export interface DescribedHost {
  readonly link: HostLink;
  readonly model: ModelDescription;
}

/** The model hosts that runs can use. They are asked anew each time: a host may have been restarted. */
export interface HostDirectory {
  /** The host of a model by name; an empty name means the only one there is. */
  find(model: string, signal: AbortSignal): Promise<DescribedHost>;
  /** Every host that answers. */
  list(signal: AbortSignal): Promise<readonly DescribedHost[]>;
}

export interface HostDirectoryOptions {
  readonly hosts: readonly HostLink[];
  readonly timeoutMs: number;
  /** A host did not answer; the others are used all the same. */
  onUnreachable(link: HostLink, error: unknown): void;
}

/** A directory of hosts whose list is fixed at the start. */
export function createHostDirectory(options: HostDirectoryOptions): HostDirectory {
  async function list(signal: AbortSignal): Promise<DescribedHost[]> {
    const patience: HostPatience = { signal, timeoutMs: options.timeoutMs };
    const answers = await Promise.all(
      options.hosts.map(async (link) => {
        try {
          return { link, model: await askHost(link, patience, (rest) => link.host.describe(rest)) };
        } catch (error) {
          options.onUnreachable(link, error);
          return { link, error };
        }
      }),
    );
    const described = answers.filter((answer): answer is DescribedHost => 'model' in answer);
    const failed = answers.find((answer) => 'error' in answer);
    if (described.length === 0 && failed !== undefined) throw failed.error;
    return described;
  }

  return {
    list,
    async find(model, signal) {
      if (options.hosts.length === 0) {
        throw new ForecastError(
          'failed-precondition',
          'this sidecar has no model host: runs of mode intercept and proxy need one (--model-host)',
        );
      }
      const described = await list(signal);
      const named = described.filter((host) => model === '' || host.model.model === model);
      const [first, second] = named;
      if (first !== undefined && second === undefined) return first;
      if (first !== undefined && model !== '') return first;
      throw wrongModel(model, described, options.hosts.length);
    },
  };
}

function wrongModel(
  model: string,
  described: readonly DescribedHost[],
  hostCount: number,
): ForecastError {
  const names = [...new Set(described.map((host) => host.model.model))].join(', ');
  if (model === '') {
    return new ForecastError('invalid-argument', `model must be one of [${names}], got ""`);
  }
  const silent = hostCount - described.length;
  const note = silent === 0 ? '' : `; ${silent} of ${hostCount} model hosts did not answer`;
  return new ForecastError(
    silent === 0 ? 'not-found' : 'unavailable',
    `model must be one of [${names}], got ${JSON.stringify(model)}${note}`,
  );
}
