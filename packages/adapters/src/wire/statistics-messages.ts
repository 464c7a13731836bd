import type {
  PolicyDescription,
  RunEvent,
  RunStatistics,
  SidecarStatistics,
} from '../cache-client/cache-client.js';
import type { GetStatisticsResponse } from '../gen/forecache/v1/GetStatisticsResponse.js';
import type { GetStatisticsResponse__Output } from '../gen/forecache/v1/GetStatisticsResponse.js';
import type { PolicyDescription as PolicyMessage } from '../gen/forecache/v1/PolicyDescription.js';
import type { PolicyDescription__Output } from '../gen/forecache/v1/PolicyDescription.js';
import type { RunOutcome__Output } from '../gen/forecache/v1/RunOutcome.js';
import type { RunStatistics as StatisticsMessage } from '../gen/forecache/v1/RunStatistics.js';
import type { RunStatistics__Output } from '../gen/forecache/v1/RunStatistics.js';
import type { WatchRunsResponse } from '../gen/forecache/v1/WatchRunsResponse.js';
import type { WatchRunsResponse__Output } from '../gen/forecache/v1/WatchRunsResponse.js';
import { enumCodec } from './enum-codec.js';
import { required } from './fields.js';
import { actionKinds } from './plan-messages.js';

const outcomes = enumCodec<RunStatistics['outcome'], RunOutcome__Output>({
  open: 'RUN_OUTCOME_UNSPECIFIED',
  ok: 'RUN_OUTCOME_OK',
  interrupted: 'RUN_OUTCOME_INTERRUPTED',
  error: 'RUN_OUTCOME_ERROR',
});

/** A run's statistics from the wire. */
export function decodeRunStatistics(
  message: RunStatistics__Output | null | undefined,
  name: string,
): RunStatistics {
  const { outcome, sites, ...counts } = required(message, name);
  return {
    ...counts,
    outcome: outcomes.decode(outcome, `${name}.outcome`),
    sites: sites.map(({ site, forwarded, forecast, stored, partial }) => {
      return { site, forwarded, forecast, stored, partial };
    }),
  };
}

/** The message of a run's statistics. */
export function encodeRunStatistics(statistics: RunStatistics): StatisticsMessage {
  const { outcome, sites, ...counts } = statistics;
  return {
    ...counts,
    outcome: outcomes.encode(outcome),
    sites: sites.map((site) => ({ ...site })),
  };
}

/** The sidecar's counters from the wire. */
export function decodeSidecarStatistics(message: GetStatisticsResponse__Output): SidecarStatistics {
  return { ...message };
}

/** The message of the sidecar's counters. */
export function encodeSidecarStatistics(statistics: SidecarStatistics): GetStatisticsResponse {
  return { ...statistics, errors: { ...statistics.errors } };
}

/** A policy's description from the wire. */
export function decodePolicy(message: PolicyDescription__Output): PolicyDescription {
  return { name: message.name, summary: message.summary, options: message.options };
}

/** The message of a policy's description. */
export function encodePolicy(policy: PolicyDescription): PolicyMessage {
  const options = policy.options.map((option) => ({ ...option, aliases: [...option.aliases] }));
  return { name: policy.name, summary: policy.summary, options };
}

/** One event from the wire. */
export function decodeRunEvent(message: WatchRunsResponse__Output): RunEvent {
  const { runId } = message;
  if (message.opened) return { kind: 'opened', runId, ...message.opened };
  if (message.call) {
    const { branch, callIndex } = message.call;
    const action = actionKinds.decode(message.call.action, 'call.action');
    return { kind: 'call', runId, branch, callIndex, action };
  }
  return { kind: 'closed', runId, statistics: decodeRunStatistics(message.closed, 'closed') };
}

/** The message of one event. */
export function encodeRunEvent(event: RunEvent): WatchRunsResponse {
  const { runId } = event;
  switch (event.kind) {
    case 'opened':
      return {
        runId,
        opened: { policy: event.policy, calls: event.calls, client: event.client },
      };
    case 'call':
      return {
        runId,
        call: {
          branch: event.branch,
          callIndex: event.callIndex,
          action: actionKinds.encode(event.action),
        },
      };
    case 'closed':
      return { runId, closed: encodeRunStatistics(event.statistics) };
  }
}
