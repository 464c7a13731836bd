import { ForecastError } from '@forecache/core';
import fc from 'fast-check';

import { cacheServiceDefinition, modelHostServiceDefinition } from './definitions.js';
import { decodeInterceptCall } from './intercept-messages.js';
import {
  decodeBeginRun,
  decodeCombine,
  decodeForward,
  decodeMeasure,
  decodeRunCall,
} from './model-host-messages.js';
import { decodeDecide, decodeOpenRun, decodeReport, decodeRunNetwork } from './run-messages.js';

const host = modelHostServiceDefinition();
const cache = cacheServiceDefinition();

const FORWARD = host.Forward.requestSerialize({
  runId: 'run-1',
  branch: 'cond',
  callIndex: 3,
  site: 'blocks.0.mlp',
  input: { dtype: 'DTYPE_FLOAT32', shape: [1, 2], inline: Buffer.alloc(8) },
  output: { name: 'run-1', offset: 8, byteLength: 8 },
  selection: { tokens: 3, stalenessWeight: 0.25, grid: 2, gridBonus: 0.6 },
});

const BEGIN_RUN = host.BeginRun.requestSerialize({
  runId: 'run-1',
  branches: [{ branch: 'cond', batch: 1 }],
  timesteps: [1, 0.5],
  setup: {
    granularity: 'GRANULARITY_RESIDUAL',
    sites: ['blocks.0-1'],
    historySize: 3,
    tokenCache: { sites: ['blocks.0.mlp'], score: 'TOKEN_SCORE_RANDOM' },
    probes: [{ kind: 'PROBE_KIND_FEATURE_MOTION', count: 7, site: 'blocks.0.mlp' }],
  },
});

const DECIDE = cache.Decide.requestSerialize({
  runId: 'run-1',
  branch: 'cond',
  callIndex: 3,
  scalars: { 'input-change': 0.5, 'gram.0.1': -2 },
});

const REAL_MESSAGES = [FORWARD, BEGIN_RUN, DECIDE] as const;

const decoders: readonly [string, (bytes: Buffer) => unknown][] = [
  ['BeginRun', (bytes) => decodeBeginRun(host.BeginRun.requestDeserialize(bytes))],
  ['Forward', (bytes) => decodeForward(host.Forward.requestDeserialize(bytes))],
  ['Combine', (bytes) => decodeCombine(host.Combine.requestDeserialize(bytes))],
  ['Measure', (bytes) => decodeMeasure(host.Measure.requestDeserialize(bytes))],
  ['RunCall', (bytes) => decodeRunCall(host.RunCall.requestDeserialize(bytes))],
  ['OpenRun', (bytes) => decodeOpenRun(cache.OpenRun.requestDeserialize(bytes))],
  ['Decide', (bytes) => decodeDecide(cache.Decide.requestDeserialize(bytes))],
  ['Intercept', (bytes) => decodeInterceptCall(cache.Intercept.requestDeserialize(bytes))],
  ['RunNetwork', (bytes) => decodeRunNetwork(cache.RunNetwork.requestDeserialize(bytes))],
  ['Report', (bytes) => decodeReport(cache.Report.requestDeserialize(bytes))],
];

/** Our decoders refuse with a ForecastError; protobufjs refuses bytes that are no message with its own. */
function refusal(decode: (bytes: Buffer) => unknown, bytes: Buffer): string {
  try {
    decode(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof ForecastError) return error.code;
    const isNoMessage = /index out of range|invalid wire type|invalid|premature|illegal/i;
    return isNoMessage.test(String(error)) ? 'no message' : String(error);
  }
}

const EXPECTED = ['accepted', 'invalid-argument', 'no message'];

describe.each(decoders)('whatever bytes %s gets', (_, decode) => {
  it('random ones are refused or read, and never crash it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(EXPECTED).toContain(refusal(decode, Buffer.from(bytes)));
      }),
      { numRuns: 300 },
    );
  });

  it.each(REAL_MESSAGES)('so are those of a real message with some bytes changed %#', (real) => {
    const changes = fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat(real.length), (changed, length) => {
        const bytes = Buffer.from(real);
        changed.forEach(([index, value]) => bytes.writeUInt8(value, index));
        expect(EXPECTED).toContain(refusal(decode, bytes.subarray(0, length)));
      }),
      { numRuns: 200 },
    );
  });
});
