import assert from 'node:assert/strict';

import type { Action, RunCall, RunSetup, Scalars } from '../model-host/model-host.js';
import { modulatedInput } from '../model-host/walk/probes/modulated-input.js';
import { transformerLayout } from '../model-host/transformer/transformer-layout.js';
import { float32View } from '../tensor/tensor-view.js';
import { assertClose, assertRefused } from './assertions.js';
import { composeByHand, firstBlockOf } from './composed-call.js';
import type { HandMadeCall } from './composed-call.js';
import type { ConformanceCheck } from './conformance-check.js';
import {
  BATCH,
  callOf,
  local,
  networkInput,
  numbers,
  planOf,
  probeOf,
  withRun,
} from './conformance-run.js';
import type { ConformanceRun } from './conformance-run.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };

/** Everything that is measured before a call. */
const BEFORE: Partial<RunSetup> = {
  granularity: 'residual',
  probes: [
    probeOf('modulated-input-change'),
    probeOf('conditioning-change'),
    probeOf('input-change'),
    probeOf('first-blocks-change', { count: 1 }),
  ],
};

/** Everything that is measured after a call; the one kept site is the output. */
const AFTER: Partial<RunSetup> = {
  granularity: 'output',
  historySize: 2,
  probes: [
    probeOf('output-rate'),
    probeOf('feature-change', { site: 'output' }),
    probeOf('feature-motion', { site: 'blocks.0.mlp', count: 1 }),
    probeOf('feature-gram', { count: 2 }),
  ],
};

function measure(open: ConformanceRun, callIndex: number, seed = callIndex): Promise<Scalars> {
  const input = networkInput(open.description, seed);
  return open.run.measure({ branch: 'cond', callIndex, input });
}

/** Measures and runs one call. */
async function measured(open: ConformanceRun, callIndex: number, action = FULL): Promise<Scalars> {
  const scalars = await measure(open, callIndex);
  await open.run.runCall(callOf(open, { plan: planOf(callIndex, action), input: null }));
  return scalars;
}

function assertScalars(actual: Scalars, expected: Scalars): void {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const tolerance = 1e-5 * Math.max(1, Math.abs(value));
    assertClose([actual[name] ?? NaN], [value], tolerance);
  }
}

/** mean |a - b|, and the same relative to mean |b|. */
function meanDistance(a: Iterable<number>, b: Iterable<number>): number {
  const [left, right] = [[...a], [...b]];
  return left.reduce((sum, value, i) => sum + Math.abs(value - (right[i] ?? NaN)), 0) / left.length;
}

function relativeDistance(a: Iterable<number>, b: Iterable<number>): number {
  const right = [...b];
  return meanDistance(a, right) / meanDistance(right, new Array<number>(right.length).fill(0));
}

function modulatedInputOf(open: ConformanceRun, call: HandMadeCall): Float32Array {
  const layout = transformerLayout(open.description);
  const rows = float32View(call.modulation);
  return modulatedInput(float32View(call.embedded), { layout, batch: BATCH, rows });
}

/** Probes: what is measured before and after a call. */
export const measureChecks: readonly ConformanceCheck[] = [
  {
    title: 'before the first call nothing can be compared, and every scalar is absent',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          assert.deepEqual(await measure(open, 0), {});
          assert.deepEqual(await measured(open, 0), {});
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'changes are those of inputs, modulated inputs and first blocks composed by hand',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const calls: HandMadeCall[] = [];
          for (const callIndex of [0, 1, 2]) {
            const input = networkInput(open.description, callIndex);
            calls.push(await composeByHand(open, { callIndex, input }));
          }
          await measured(open, 0);
          const second = await measured(open, 1, REUSE);
          const third = await measured(open, 2);
          const [a, b, c] = calls;
          assert.ok(a !== undefined && b !== undefined && c !== undefined);
          const expected = (call: HandMadeCall, before: HandMadeCall, index: number) => ({
            'modulated-input-change': relativeDistance(
              modulatedInputOf(open, call),
              modulatedInputOf(open, before),
            ),
            'input-change': meanDistance(
              numbers(networkInput(open.description, index)),
              numbers(networkInput(open.description, index - 1)),
            ),
            // Call 1 reused the rest, so that call 0 is still the one to compare with.
            'first-blocks-change': relativeDistance(firstBlockOf(call), firstBlockOf(a)),
          });
          const { 'conditioning-change': change = NaN, ...others } = second;
          assert.ok(change > 0);
          assertScalars(others, expected(b, a, 1));
          const { 'conditioning-change': later = NaN, ...rest } = third;
          assert.ok(later > 0 && later !== change);
          assertScalars(rest, expected(c, b, 2));
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'conditioning-change is 0 where label and timestep stay',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await measured(open, 3);
          assert.deepEqual(await measure(open, 4), { 'conditioning-change': 0 });
        },
        { setup: { probes: [probeOf('conditioning-change')] } },
      ),
  },
  {
    title: 'measured twice is measured the same, before the call and after it',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await measured(open, 0);
          const first = await measure(open, 1);
          assert.equal(Object.keys(first).length, 4);
          assert.deepEqual(await measure(open, 1), first);
          await open.run.runCall(callOf(open, { plan: planOf(1, FULL), input: null }));
          assert.deepEqual(await measure(open, 1), first);
          const early = measure(open, 0);
          await assertRefused(
            early,
            'failed-precondition',
            /call 0 cannot be measured after call 1/,
          );
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'a measured call that is run without its input gives the bits of one run with it',
    async run(host) {
      for (const action of [FULL, REUSE]) {
        const outputs = [];
        for (const isMeasured of [true, false]) {
          const answer = await withRun(
            host,
            async (open) => {
              const input = networkInput(open.description, 1);
              await open.run.runCall(callOf(open));
              if (isMeasured) await measure(open, 1);
              const change: Partial<RunCall> = isMeasured ? { input: null } : { input };
              return open.run.runCall(callOf(open, { ...change, plan: planOf(1, action) }));
            },
            { setup: BEFORE },
          );
          const { forwarded, forecast, partial } = answer;
          outputs.push({ values: local(answer.output), counts: [forwarded, forecast, partial] });
        }
        assert.deepEqual(outputs[1], outputs[0]);
      }
    },
  },
  {
    title: 'a call without an input is refused unless it is the newest that was measured',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const run = (callIndex: number, branch = 'cond') =>
            open.run.runCall(callOf(open, { plan: planOf(callIndex, FULL), input: null, branch }));
          const refused = (call: Promise<unknown>) =>
            assertRefused(call, 'failed-precondition', /needs its input: .*newest measured/);
          await refused(run(0));
          await measure(open, 1);
          await refused(run(0));
          await refused(run(1, 'uncond'));
          await run(1);
          await run(1);
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'a call that is run without being measured is remembered as well',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await open.run.runCall(callOf(open, { input: networkInput(open.description, 0) }));
          const alone = await measure(open, 1);
          assert.equal(Object.keys(alone).length, 4);
          await withRun(
            host,
            async (other) => {
              await measured(other, 0);
              assert.deepEqual(await measure(other, 1), alone);
            },
            { setup: BEFORE },
          );
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'a refused call moves no measurement',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await measured(open, 0);
          const expected = await measure(open, 1);
          const plan = planOf(1, { kind: 'forecast', weights: [3, -3, 1] });
          const refused = open.run.runCall(callOf(open, { plan, input: null }));
          await assertRefused(refused, 'failed-precondition', /needs 3 .*has 1/);
          const cancelled = open.run.runCall(callOf(open, { plan: planOf(1, FULL) }), {
            signal: AbortSignal.abort(),
          });
          await assertRefused(cancelled, 'cancelled', /cancelled/);
          assert.deepEqual(await measure(open, 1), expected);
          await open.run.runCall(callOf(open, { plan: planOf(1, REUSE), input: null }));
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'forwards between a measure and its call change neither',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await measured(open, 0);
          await measure(open, 1);
          const input = networkInput(open.description, 9);
          await composeByHand(open, { callIndex: 2, input });
          const plan = planOf(1, FULL);
          const between = await open.run.runCall(callOf(open, { plan, input: null }));
          const again = await open.run.runCall(
            callOf(open, { plan, input: networkInput(open.description, 1) }),
          );
          assert.deepEqual(local(between.output), local(again.output));
        },
        { setup: BEFORE },
      ),
  },
  {
    title: 'a run that measures nothing before a call answers no scalars, and takes the input',
    run: (host) =>
      withRun(host, async (open) => {
        assert.deepEqual(await measured(open, 0), {});
        const bad = { branch: 'cond', callIndex: 0, input: networkInput(open.description) };
        const wrong = { ...bad, input: { ...bad.input, shape: [1] } };
        await assertRefused(open.run.measure(wrong), 'invalid-argument', /input/);
        const late = open.run.measure({ ...bad, callIndex: 5 });
        await assertRefused(late, 'invalid-argument', /call_index/);
        const other = open.run.measure({ ...bad, branch: 'other' });
        await assertRefused(other, 'invalid-argument', /branch/);
      }),
  },
  {
    title: 'what is measured after a call is that of the answered outputs',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const answers = [];
          for (const index of [0, 1]) {
            const input = networkInput(open.description, index);
            answers.push(
              await open.run.runCall(callOf(open, { input, plan: planOf(index, FULL) })),
            );
          }
          const reuse = await open.run.runCall(callOf(open, { plan: planOf(2, REUSE) }));
          assert.deepEqual(reuse.scalars, {});
          const [then, now] = answers.map(({ output }) => numbers(output));
          const [first, second] = answers.map(({ scalars }) => scalars);
          assert.ok(then && now && first && second);
          const zeros = new Array<number>(now.length).fill(0);
          const dot = (a: readonly number[], b: readonly number[]) =>
            a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
          const motion = first['feature-motion'] ?? NaN;
          assert.ok(motion > 0 && motion <= 1, `feature-motion is ${motion}`);
          assertScalars(first, {
            'output-size': meanDistance(then, zeros),
            'feature-motion': motion,
            'gram.0.0': dot(then, then),
          });
          const [x, y] = [0, 1].map((seed) => numbers(networkInput(open.description, seed)));
          assertScalars(second, {
            'output-size': meanDistance(now, zeros),
            'output-change': meanDistance(now, then),
            'input-span': meanDistance(y ?? [], x ?? []),
            'feature-change': relativeDistance(now, then),
            'feature-motion': second['feature-motion'] ?? NaN,
            'gram.0.0': dot(now, now),
            'gram.0.1': dot(now, then),
            'gram.1.1': dot(then, then),
          });
        },
        { setup: AFTER },
      ),
  },
];
