import type { NetworkCall, NetworkCaller } from './network-caller.js';
import { sampleFlow } from './sample-flow.js';
import { evenTimes, shiftedTimes } from './sampler-times.js';
import { createSolver, SAMPLERS } from './samplers.js';

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

const seeds = [1];
const euler = (steps: number) => createSolver('euler', evenTimes(steps));
const signal = new AbortController().signal;

function velocity(t: number, at: number): number {
  return Math.fround(Math.cos(at + t));
}

describe('sampleFlow', () => {
  it('walks down the velocity from t = 1 to 0', async () => {
    // a constant velocity of 3 over a time of 1
    const x = Float32Array.of(1, 2);
    await sampleFlow(
      fake(() => new Float32Array(4).fill(3)),
      { solver: euler(4), guidance: 1, x, seeds, signal },
    );
    expect([...x]).toEqual([-2, -1]);
  });

  it('guides: uncond + guidance (cond - uncond)', async () => {
    // cond 2, uncond 1, guidance 3: 1 + 3 · 1 = 4
    const x = Float32Array.of(10);
    await sampleFlow(
      fake(() => Float32Array.of(2, 1)),
      { solver: euler(1), guidance: 3, x, seeds, signal },
    );
    expect([...x]).toEqual([6]);
  });

  it('shows the network every sample twice, at even timesteps', async () => {
    const caller = fake(() => new Float32Array(4));
    const plans = await sampleFlow(caller, {
      solver: euler(2),
      guidance: 2,
      x: Float32Array.of(5, 6),
      seeds,
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
    const run = {
      solver: euler(5),
      guidance: 1,
      x: new Float32Array(1),
      seeds,
      signal: controller.signal,
    };
    await expect(sampleFlow(caller, run)).rejects.toThrow('enough');
    expect(caller.calls).toHaveLength(1);
  });

  it('rounds once a step, guidance included, to the bits that images always had', async () => {
    const x = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const expected = x.slice();
    for (let call = 0; call < 49; call++) {
      for (let i = 0; i < x.length; i++) {
        const [cond, uncond] = [i, i + 1000].map((at) => velocity(1 - call / 49, at));
        const guided = (uncond ?? NaN) + 1.7 * ((cond ?? NaN) - (uncond ?? NaN));
        expected[i] = (expected[i] ?? NaN) - guided / 49;
      }
    }
    const caller = fake(({ t, x: joint }) => joint.map((_, i) => velocity(t, i)));
    await sampleFlow(caller, { solver: euler(49), guidance: 1.7, x, seeds, signal });
    expect(x).toEqual(expected);
  });

  it.each(SAMPLERS)('calls the network at the timesteps of %s, in order', async (sampler) => {
    const solver = createSolver(sampler, shiftedTimes(3, 2));
    const caller = fake(({ x }) => x.slice());
    const told: number[] = [];
    const onCall = (callIndex: number) => void told.push(callIndex);
    const x = Float32Array.of(1, 2);
    await sampleFlow(caller, { solver, guidance: 2, x, seeds, signal, onCall });
    expect(caller.calls.map(({ t }) => t)).toEqual(solver.timesteps);
    expect(caller.calls.map(({ callIndex }) => callIndex)).toEqual(told);
    expect(x.every(Number.isFinite)).toBe(true);
  });

  it('shows the guided output, to keep, and the sample before the step', async () => {
    // cond 2 and uncond 1, guidance 3: 4; then 4 and 1: 10
    const seen: [number, Float32Array, number[]][] = [];
    const x = Float32Array.of(8);
    await sampleFlow(
      fake(({ callIndex }) => Float32Array.of(2 + 2 * callIndex, 1)),
      {
        solver: euler(2),
        guidance: 3,
        x,
        seeds,
        signal,
        onOutput: (callIndex, guided, sample) => seen.push([callIndex, guided, [...sample]]),
      },
    );
    expect(seen).toEqual([
      [0, Float32Array.of(4), [8]],
      [1, Float32Array.of(10), [6]],
    ]);
    expect([...x]).toEqual([1]);
  });

  it('adds noise that depends on the seed alone', async () => {
    const solver = createSolver('euler-ancestral', evenTimes(4));
    const end = async (images: number[]) => {
      const x = new Float32Array(2 * images.length);
      const run = { solver, guidance: 1, x, seeds: images, signal };
      await sampleFlow(
        fake(({ x: joint }) => joint.slice()),
        run,
      );
      return [...x];
    };
    const together = await end([5, 6]);
    expect(together.slice(2)).toEqual(await end([6]));
    expect(together.slice(0, 2)).not.toEqual(together.slice(2));
  });
});
