import { invalidArgument } from '@forecache/core';
import type { ForecastError } from '@forecache/core';

import type { FeatureAnswer, FeatureCall, InterceptCall } from '../cache-client/cache-client.js';
import type { FeatureAnswer as AnswerMessage } from '../gen/forecache/v1/FeatureAnswer.js';
import type { FeatureAnswer__Output } from '../gen/forecache/v1/FeatureAnswer.js';
import type { FeatureCall as CallMessage } from '../gen/forecache/v1/FeatureCall.js';
import type { FeatureCall__Output } from '../gen/forecache/v1/FeatureCall.js';
import type { FeatureSource__Output } from '../gen/forecache/v1/FeatureSource.js';
import type { InterceptRequest } from '../gen/forecache/v1/InterceptRequest.js';
import type { InterceptRequest__Output } from '../gen/forecache/v1/InterceptRequest.js';
import type { InterceptResponse } from '../gen/forecache/v1/InterceptResponse.js';
import type { InterceptResponse__Output } from '../gen/forecache/v1/InterceptResponse.js';
import { decodeTensor, encodeTensor } from '../tensor/tensor-codec.js';
import { enumCodec } from './enum-codec.js';
import { assertIdentifier, assertRunId, decodeCount } from './fields.js';
import { decodeOutputRegion, encodeOutputRegion } from './model-host-messages.js';
import type { OfRun } from './model-host-messages.js';
import { decodeCallError, encodeCallError } from './status.js';

/** Largest number of feature calls in one message. */
export const MAX_FEATURES = 4096;

/** One message of feature calls with the number that its answer repeats. */
export type SequencedCall = OfRun<InterceptCall> & { readonly sequence: number };

/** The answer to one message: features, or why there are none. */
export type SequencedAnswer =
  | { readonly sequence: number; readonly features: readonly FeatureAnswer[] }
  | { readonly sequence: number; readonly error: ForecastError };

const featureSources = enumCodec<FeatureAnswer['source'], FeatureSource__Output>({
  forwarded: 'FEATURE_SOURCE_FORWARDED',
  forecast: 'FEATURE_SOURCE_FORECAST',
  stored: 'FEATURE_SOURCE_STORED',
  compute: 'FEATURE_SOURCE_COMPUTE',
  partial: 'FEATURE_SOURCE_PARTIAL',
});

/** `InterceptRequest` from the wire. Read `sequence` off the message to answer one that is rejected here. */
export function decodeInterceptCall(message: InterceptRequest__Output): SequencedCall {
  const { length } = message.features;
  if (length < 1 || length > MAX_FEATURES) {
    throw invalidArgument('features', `1 to ${MAX_FEATURES} feature calls`, length);
  }
  return {
    sequence: decodeCount(message.sequence, 'sequence'),
    runId: assertRunId('run_id', message.runId),
    branch: message.branch,
    callIndex: message.callIndex,
    features: message.features.map((call, index) => decodeFeatureCall(call, `features[${index}]`)),
  };
}

/** The message of feature calls. */
export function encodeInterceptCall(call: SequencedCall): InterceptRequest {
  return {
    sequence: call.sequence,
    runId: call.runId,
    branch: call.branch,
    callIndex: call.callIndex,
    features: call.features.map(encodeFeatureCall),
  };
}

/** `InterceptResponse` from the wire. */
export function decodeInterceptAnswer(message: InterceptResponse__Output): SequencedAnswer {
  const { sequence } = message;
  if (message.error !== null) return { sequence, error: decodeCallError(message.error) };
  const features = message.features.map((answer, index) =>
    decodeFeatureAnswer(answer, `features[${index}]`),
  );
  return { sequence, features };
}

/** The message of an answer. `error` may be anything that was thrown. */
export function encodeInterceptAnswer(
  answer:
    | { readonly sequence: number; readonly features: readonly FeatureAnswer[] }
    | { readonly sequence: number; readonly error: unknown },
): InterceptResponse {
  const { sequence } = answer;
  if ('features' in answer) return { sequence, features: answer.features.map(encodeFeatureAnswer) };
  return { sequence, error: encodeCallError(answer.error) };
}

function decodeFeatureCall(message: FeatureCall__Output, name: string): FeatureCall {
  const site = assertIdentifier(`${name}.site`, message.site);
  const output = decodeOutputRegion(message.output, `${name}.output`);
  const input = message.input ?? null;
  const computed = message.computed ?? null;
  if (input !== null && computed !== null) {
    throw invalidArgument(name, 'given either input or computed', 'both');
  }
  if (input !== null) {
    const tensor = decodeTensor(input, `${name}.input`);
    return { site, value: { kind: 'input', tensor }, output };
  }
  if (computed !== null) {
    const tensor = decodeTensor(computed, `${name}.computed`);
    return { site, value: { kind: 'computed', tensor }, output };
  }
  return { site, value: { kind: 'none' }, output };
}

function encodeFeatureCall(call: FeatureCall): CallMessage {
  const { site, value } = call;
  const output = encodeOutputRegion(call.output);
  switch (value.kind) {
    case 'input':
      return { site, output, input: encodeTensor(value.tensor) };
    case 'computed':
      return { site, output, computed: encodeTensor(value.tensor) };
    case 'none':
      return { site, output };
  }
}

function decodeFeatureAnswer(message: FeatureAnswer__Output, name: string): FeatureAnswer {
  const { site, output } = message;
  const source = featureSources.decode(message.source, `${name}.source`);
  const isAnswered = source === 'forwarded' || source === 'forecast' || source === 'partial';
  if (isAnswered !== (output !== null)) {
    const rule = isAnswered ? 'set' : 'unset';
    throw invalidArgument(`${name}.output`, `${rule} when source is ${source}`, output);
  }
  return { site, source, output: output && decodeTensor(output, `${name}.output`) };
}

function encodeFeatureAnswer(answer: FeatureAnswer): AnswerMessage {
  return {
    site: answer.site,
    source: featureSources.encode(answer.source),
    output: answer.output === null ? null : encodeTensor(answer.output),
  };
}
