import {
  decodeCloseRun,
  decodeDecide,
  decodeOpenRun,
  decodeReport,
  decodeRunNetwork,
  encodeCallPlan,
  encodeDescription,
  encodeNetworkOutput,
  encodeOpenedRun,
  encodePolicy,
  encodeRunStatistics,
  encodeSidecarStatistics,
  unaryHandler,
  type CacheServiceHandlers,
} from '@forecache/adapters';
import { ForecastError } from '@forecache/core';
import type { handleUnaryCall } from '@grpc/grpc-js';
import type { CacheService } from './cache-service.js';
import {
  endWithError,
  handleIntercept,
  type InterceptStreamCall,
  type Refuse,
} from './intercept-handler.js';
import type { ServiceLog } from './service-log.js';
import type { ServedRun } from './served-run.js';
import { handleWatch } from './watch-handler.js';

/** The methods of `CacheService` for a gRPC server. */
export interface CacheHandlers {
  readonly handlers: CacheServiceHandlers;
  /** Answers single requests in the same way: for other services of this server. */
  readonly unary: AnswerUnary;
  /** Ends every open intercept stream, with UNAVAILABLE. */
  endStreams(): void;
}

/** Translates between messages and the service; every refusal is counted. */
export function createCacheHandlers(service: CacheService, log: ServiceLog): CacheHandlers {
  const streams = new Set<InterceptStreamCall>();
  const refuse = createRefuse(service, log);
  const unary = createUnary(refuse);
  const handlers: CacheServiceHandlers = {
    OpenRun: unary('OpenRun', async (message, signal) =>
      openedRun(await service.openRun(decodeOpenRun(message), signal), service.ttlMs),
    ),
    Decide: unary('Decide', async (message) => {
      const { runId, scalars, ...call } = decodeDecide(message);
      return { plan: encodeCallPlan(await service.decide(runId, call, scalars)) };
    }),
    Intercept: (call) => {
      streams.add(call);
      void handleIntercept(service, call, refuse).finally(() => streams.delete(call));
    },
    RunNetwork: unary('RunNetwork', async (message, signal) => {
      const { runId, ...call } = decodeRunNetwork(message);
      return encodeNetworkOutput(await service.runNetwork(runId, call, signal));
    }),
    Report: unary('Report', async (message) => {
      const { runId, ...report } = decodeReport(message);
      await service.report(runId, report);
      return {};
    }),
    CloseRun: unary('CloseRun', async (message) => {
      const { runId, outcome } = decodeCloseRun(message);
      return { statistics: encodeRunStatistics(await service.closeRun(runId, outcome)) };
    }),
    WatchRuns: (call) => handleWatch(service, call, refuse),
    ListPolicies: unary('ListPolicies', async () => ({
      policies: service.listPolicies().map(encodePolicy),
    })),
    ListModels: unary('ListModels', async (_, signal) => ({
      models: (await service.listModels(signal)).map(encodeDescription),
    })),
    GetStatistics: unary('GetStatistics', async () =>
      encodeSidecarStatistics(service.statistics()),
    ),
  };
  const stopping = new ForecastError('unavailable', 'the sidecar is shutting down');
  return {
    handlers,
    unary,
    endStreams: () => streams.forEach((stream) => endWithError(stream, stopping)),
  };
}

function createRefuse(service: CacheService, log: ServiceLog): Refuse {
  return (method, error) => {
    const known = asForecastError(error);
    if (known.code === 'internal') log.internalError(method, error);
    service.noteError(known.code);
    return known;
  };
}

/** A handler of a method; what its answer throws is counted and refused. */
export type AnswerUnary = <Request, Response>(
  method: string,
  answer: (request: Request, signal: AbortSignal) => Promise<Response>,
) => handleUnaryCall<Request, Response>;

function createUnary(refuse: Refuse): AnswerUnary {
  return (method, answer) =>
    unaryHandler(async (request, signal) => {
      try {
        return await answer(request, signal);
      } catch (error) {
        throw refuse(method, error);
      }
    });
}

function openedRun({ runId, parts }: ServedRun, ttlMs: number) {
  return encodeOpenedRun({
    runId,
    policy: parts.policy,
    plan: parts.plan,
    setup: parts.setup,
    ttlMs,
    sharedDirectory: parts.file?.directory ?? '',
    sharedName: parts.file?.name ?? '',
    warnings: parts.warnings,
  });
}

/** What an abort or a defect looks like to a caller. */
function asForecastError(error: unknown): ForecastError {
  if (error instanceof ForecastError) return error;
  if (error instanceof DOMException && error.name === 'AbortError') {
    return new ForecastError('cancelled', 'the request was cancelled', { cause: error });
  }
  return new ForecastError('internal', 'internal error', { cause: error });
}
