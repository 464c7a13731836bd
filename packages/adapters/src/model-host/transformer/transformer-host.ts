import { randomUUID } from 'node:crypto';

import { ForecastError } from '@forecache/core';

import { throwIfAborted } from '../../wire/abort.js';
import type { HostRun, ModelDescription, ModelHost } from '../model-host.js';
import type { TransformerHostContext } from './run-state.js';
import { transformerLayout } from './transformer-layout.js';
import type { TransformerNetwork } from './transformer-network.js';
import { createTransformerRun } from './transformer-run.js';

/** Default of `runLimitBytes`: 1 GiB. */
export const DEFAULT_RUN_LIMIT_BYTES = 2 ** 30;

/** What every host of a transformer in this process takes. */
export interface TransformerHostOptions {
  /** Largest number of bytes of history and kept tensors of one run. Default 1 GiB. */
  readonly runLimitBytes?: number;
}

/** A model host over a network in this process: runs, order of calls, history, handles, shared memory. */
export function createTransformerHost(
  network: TransformerNetwork,
  options: TransformerHostOptions = {},
): ModelHost {
  const description: ModelDescription = { hostId: randomUUID(), ...network.description };
  const context: TransformerHostContext = {
    network,
    description,
    layout: transformerLayout(description),
    runLimitBytes: options.runLimitBytes ?? DEFAULT_RUN_LIMIT_BYTES,
  };
  const runs = new Map<string, HostRun>();
  let isClosed = false;
  return {
    async describe(request) {
      throwIfAborted(request?.signal);
      return description;
    },
    async beginRun(request, requestOptions) {
      throwIfAborted(requestOptions?.signal);
      if (isClosed) throw new ForecastError('failed-precondition', 'the model host is closed');
      if (runs.has(request.runId)) {
        throw new ForecastError('already-exists', `run ${request.runId} is open already`);
      }
      const run = createTransformerRun(context, request, () => runs.delete(request.runId));
      runs.set(request.runId, run);
      return run;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.all([...runs.values()].map((run) => run.end()));
      await network.close();
    },
  };
}
