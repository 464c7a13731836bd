import { ForecastError, type ForecastErrorCode } from '@forecache/core';
import { isNoAnswer, withFallback, type Fallback } from './fallback-caller.js';
import type { NetworkCaller } from './network-caller.js';

const signal = new AbortController().signal;
const call = (callIndex: number) => ({ callIndex, t: 1, x: new Float32Array(1) });
const plan = { callIndex: 0, action: { kind: 'reuse' }, exceptions: [] } as const;
const answering = (value: number): NetworkCaller => ({
  call: async () => ({ velocity: Float32Array.of(value), plan }),
});

function failing(from: number, code: ForecastErrorCode): NetworkCaller {
  return {
    async call(request) {
      if (request.callIndex >= from) throw new ForecastError(code, 'gone');
      return { velocity: Float32Array.of(1), plan };
    },
  };
}

function watched(primary: NetworkCaller, isRunKnown: boolean) {
  const fallbacks: Fallback[] = [];
  let opened = 0;
  const caller = withFallback({
    primary,
    async openLocal() {
      opened += 1;
      return answering(2);
    },
    isRunKnown: async () => isRunKnown,
    onFallback: (fallback) => fallbacks.push(fallback),
  });
  return { caller, fallbacks, openCount: () => opened };
}

describe('withFallback', () => {
  it('passes answers through while the sidecar lives', async () => {
    const { caller, fallbacks } = watched(answering(1), true);
    expect((await caller.call(call(0), signal)).velocity).toEqual(Float32Array.of(1));
    expect(fallbacks).toEqual([]);
  });

  it('repeats the lost call here and stays here, with one notice', async () => {
    const { caller, fallbacks, openCount } = watched(failing(1, 'unavailable'), false);
    const velocities = [];
    for (const index of [0, 1, 2])
      velocities.push((await caller.call(call(index), signal)).velocity[0]);
    expect(velocities).toEqual([1, 2, 2]);
    expect(fallbacks).toEqual([{ callIndex: 1, reason: 'gone' }]);
    expect(openCount()).toBe(1);
  });

  it('passes errors on when the sidecar still knows the run: something behind it failed', async () => {
    const { caller, fallbacks } = watched(failing(0, 'unavailable'), true);
    await expect(caller.call(call(0), signal)).rejects.toThrow('gone');
    expect(fallbacks).toEqual([]);
  });

  it('passes answered errors on', async () => {
    const { caller } = watched(failing(0, 'invalid-argument'), false);
    await expect(caller.call(call(0), signal)).rejects.toThrow('gone');
  });

  it('does not go on after an interruption', async () => {
    const controller = new AbortController();
    controller.abort();
    const { caller, openCount } = watched(failing(0, 'cancelled'), false);
    await expect(caller.call(call(0), controller.signal)).rejects.toThrow('gone');
    expect(openCount()).toBe(0);
  });
});

describe('isNoAnswer', () => {
  it.each([
    [new ForecastError('unavailable', ''), true],
    [new ForecastError('deadline-exceeded', ''), true],
    [new ForecastError('not-found', ''), true],
    [new ForecastError('internal', ''), false],
    [new Error('x'), false],
    ['text', false],
  ])('of %p is %p', (error, expected) => expect(isNoAnswer(error)).toBe(expected));
});
