import { sampleEuler, timestepsOf } from './euler-sampler.js';
import type { NetworkCall, NetworkCaller } from './network-caller.js';

/** Answers with a function of the joint batch. */
function fake(
  velocity: (call: NetworkCall) => Float32Array,
): NetworkCaller & { calls: NetworkCall[] } {
  const calls: NetworkCall[] = [];
  return {
    calls,
    async call(call) {
      calls.push({ ...call, x: call.x.slice() });
      const { callIndex } = call;
      const kind = callIndex === 0 ? 'full' : 'reuse';
      return { velocity: velocity(call), plan: { callIndex, action: { kind }, exceptions: [] } };
    },
  };
}

const signal = new AbortController().signal;

describe('sampleEuler', () => {
  it('walks down the velocity from t = 1 to 0', async () => {
    // a constant velocity of 3 over a time of 1
    const x = Float32Array.of(1, 2);
    await sampleEuler(
      fake(() => new Float32Array(4).fill(3)),
      { steps: 4, guidance: 1, x, signal },
    );
    expect([...x]).toEqual([-2, -1]);
  });

  it('guides: uncond + guidance (cond - uncond)', async () => {
    // cond 2, uncond 1, guidance 3: 1 + 3 · 1 = 4
    const x = Float32Array.of(10);
    await sampleEuler(
      fake(() => Float32Array.of(2, 1)),
      { steps: 1, guidance: 3, x, signal },
    );
    expect([...x]).toEqual([6]);
  });

  it('shows the network every sample twice, at even timesteps', async () => {
    const caller = fake(() => new Float32Array(4));
    const plans = await sampleEuler(caller, {
      steps: 2,
      guidance: 2,
      x: Float32Array.of(5, 6),
      signal,
    });
    expect(caller.calls.map(({ t }) => t)).toEqual([1, 0.5]);
    expect(caller.calls.map(({ x }) => [...x])).toEqual([
      [5, 6, 5, 6],
      [5, 6, 5, 6],
    ]);
    expect(plans.map(({ action }) => action.kind)).toEqual(['full', 'reuse']);
  });

  it('stops between calls when it is told to', async () => {
    const controller = new AbortController();
    const caller = fake(() => {
      controller.abort(new Error('enough'));
      return new Float32Array(2);
    });
    const run = { steps: 5, guidance: 1, x: new Float32Array(1), signal: controller.signal };
    await expect(sampleEuler(caller, run)).rejects.toThrow('enough');
    expect(caller.calls).toHaveLength(1);
  });
});

describe('timestepsOf', () => {
  it('falls from 1 and never reaches 0', () =>
    expect(timestepsOf(4)).toEqual([1, 0.75, 0.5, 0.25]));
});
