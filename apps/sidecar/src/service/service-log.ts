import { callKind, type OpenRun, type RunStatistics } from '@forecache/adapters';
import type { Logger } from 'pino';
import type { CloseReason } from './closed-runs.js';
import type { ServedRun } from './served-run.js';

/** What the service says about itself. Never the contents of a tensor. */
export interface ServiceLog {
  runOpened(run: ServedRun, request: OpenRun): void;
  runClosed(reason: CloseReason, statistics: RunStatistics): void;
  /** Something of an ending run could not be freed. */
  runTrouble(runId: string, error: unknown): void;
  hostUnreachable(address: string, error: unknown): void;
  /** A request failed for a reason that is nobody's fault but ours. */
  internalError(method: string, error: unknown): void;
}

/** One line when a run opens, one when it closes, and a warning for everything a person should know. */
export function createServiceLog(logger: Logger): ServiceLog {
  return {
    runOpened({ runId, parts, mode }, { client }) {
      const { policy, plan, decisions, setup } = parts;
      const { granularity } = setup;
      const fullCalls = plan?.calls.filter((call) => callKind(call) === 'full').length;
      const counts =
        fullCalls === undefined
          ? { calls: decisions.callCount }
          : {
              calls: decisions.callCount,
              fullCalls,
              forecastCalls: decisions.callCount - fullCalls,
            };
      logger.info({ runId, policy, mode, granularity, client, ...counts }, 'run opened');
      for (const warning of parts.warnings) logger.warn({ runId, policy }, warning);
    },
    runClosed(reason, statistics) {
      const { runId, policy, outcome, fullCalls, forecastCalls } = statistics;
      const { forwarded, forecast, stored, partial, peakBytes, wallUs, hostUs, forecastUs } =
        statistics;
      logger.info(
        {
          ...{
            runId,
            policy,
            reason,
            outcome,
            fullCalls,
            forecastCalls,
            forwarded,
            forecast,
            stored,
            partial,
          },
          ...{
            peakBytes,
            wallMs: wallUs / 1000,
            hostMs: hostUs / 1000,
            forecastMs: forecastUs / 1000,
          },
        },
        'run closed',
      );
    },
    runTrouble: (runId, error) =>
      logger.warn({ runId, reason: messageOf(error) }, 'a run could not free everything'),
    hostUnreachable: (address, error) =>
      logger.warn({ address, reason: messageOf(error) }, 'a model host does not answer'),
    internalError: (method, error) => logger.error({ method, err: error }, 'internal error'),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
