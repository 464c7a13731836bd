import { ForecastError } from '@forecache/core';
import fc from 'fast-check';

import { cacheServiceDefinition, modelHostServiceDefinition } from './definitions.js';
import { decodeInterceptCall } from './intercept-messages.js';
import {
  decodeBeginRun,
  decodeCombine,
  decodeForward,
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
});

const decoders: readonly [string, (bytes: Buffer) => unknown][] = [
  ['BeginRun', (bytes) => decodeBeginRun(host.BeginRun.requestDeserialize(bytes))],
  ['Forward', (bytes) => decodeForward(host.Forward.requestDeserialize(bytes))],
  ['Combine', (bytes) => decodeCombine(host.Combine.requestDeserialize(bytes))],
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

  it('so are those of a real message with some bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(FORWARD.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat(FORWARD.length), (changed, length) => {
        const bytes = Buffer.from(FORWARD);
        changed.forEach(([index, value]) => bytes.writeUInt8(value, index));
        expect(EXPECTED).toContain(refusal(decode, bytes.subarray(0, length)));
      }),
      { numRuns: 300 },
    );
  });
});
