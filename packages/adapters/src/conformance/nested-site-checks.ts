import assert from 'node:assert/strict';

import type { Action, RunCall } from '../model-host/model-host.js';
import { float32Tensor, float32View } from '../tensor/tensor-view.js';
import { assertClose, assertRefused } from './assertions.js';
import { composeByHand, firstBlockOf } from './composed-call.js';
import type { ConformanceCheck } from './conformance-check.js';
import {
  callOf,
  inline,
  local,
  networkInput,
  numbers,
  planOf,
  withRun,
} from './conformance-run.js';
import type { ConformanceRun } from './conformance-run.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };

async function outputOf(open: ConformanceRun, change: Partial<RunCall>) {
  return numbers((await open.run.runCall(callOf(open, change))).output);
}

/** Residuals of ranges, `change`, and sites within sites. */
export const nestedSiteChecks: readonly ConformanceCheck[] = [
  {
    title: 'reuse of a range adds what its blocks added before, and the rest is computed',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const first = { callIndex: 0, input: networkInput(open.description, 1) };
          const second = { callIndex: 1, input: networkInput(open.description, 2) };
          const residual = firstBlockOf(await composeByHand(open, first));
          const expected = await composeByHand(open, second, residual);
          await outputOf(open, { input: first.input });
          const reused = await outputOf(open, { input: second.input, plan: planOf(1, REUSE) });
          assert.deepEqual(reused, [...expected.output]);
        },
        { setup: { granularity: 'residual', sites: ['blocks.0-0'] } },
      ),
  },
  {
    title: 'a forecast of a range adds the weighted sum of what its blocks added',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const input = networkInput(open.description, 1);
          const residuals: Float32Array[] = [];
          for (const callIndex of [0, 1]) {
            residuals.push(firstBlockOf(await composeByHand(open, { callIndex, input })));
            await outputOf(open, { input, plan: planOf(callIndex, FULL) });
          }
          const [older, newer] = residuals;
          const sum = newer?.map((value, i) => 2 * value - (older?.[i] ?? NaN)) ?? null;
          const third = await composeByHand(open, { callIndex: 2, input }, sum);
          const plan = planOf(2, { kind: 'forecast', weights: [2, -1] });
          assertClose(await outputOf(open, { input, plan }), [...third.output], 1e-4);
        },
        { setup: { granularity: 'residual', sites: ['blocks.0-0'] } },
      ),
  },
  {
    title: 'reuse of change is the input plus what the network changed before',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const [before, input] = [
            networkInput(open.description, 1),
            networkInput(open.description, 2),
          ];
          const output = await outputOf(open, { input: before });
          const reused = await outputOf(open, { input, plan: planOf(1, REUSE) });
          const old = numbers(before);
          const expected = numbers(input).map((x, i) => {
            return x + Math.fround((output[i] ?? NaN) - (old[i] ?? NaN));
          });
          assertClose(reused, expected, 1e-6);
        },
        { setup: { granularity: 'change' } },
      ),
  },
  {
    title: 'the outermost site that is not full wins, and only what is computed is stored',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await outputOf(open, {});
          const whole = await open.run.runCall(callOf(open, { plan: planOf(1, REUSE) }));
          assert.deepEqual([whole.forwarded, whole.forecast], [3, 1]);
          const exceptions = [{ site: 'hidden', action: FULL }];
          const inner = await open.run.runCall(
            callOf(open, { plan: { callIndex: 2, action: REUSE, exceptions } }),
          );
          assert.equal(inner.forecast, 2);
          // hidden was stored by calls 0 and 2, the modules by call 0 alone.
          const two: Action = { kind: 'forecast', weights: [2, -1] };
          await outputOf(open, {
            plan: { callIndex: 3, action: FULL, exceptions: [{ site: 'hidden', action: two }] },
          });
          await assertRefused(
            open.run.runCall(
              callOf(open, {
                plan: { callIndex: 3, action: two, exceptions: [{ site: 'hidden', action: FULL }] },
              }),
            ),
            'failed-precondition',
            /site blocks\.0\.attention: .*needs 2 .*has 1/,
          );
        },
        { setup: { sites: ['blocks.0.attention', 'blocks.0.mlp', 'hidden'] } },
      ),
  },
  {
    title: 'two ranges that overlap cannot both be other than full',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await outputOf(open, {});
          await assertRefused(
            open.run.runCall(callOf(open, { plan: planOf(1, REUSE) })),
            'invalid-argument',
            /sites blocks\.0-1 and blocks\.1-1 overlap/,
          );
          const exceptions = [{ site: 'blocks.0-1', action: FULL }];
          await outputOf(open, { plan: { callIndex: 1, action: REUSE, exceptions } });
        },
        { setup: { granularity: 'residual', sites: ['blocks.0-1', 'blocks.1-1'] } },
      ),
  },
  {
    title: 'the residual of the whole stack is hidden minus what embed gave',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const first = networkInput(open.description, 1);
          const second = networkInput(open.description, 2);
          const before = await composeByHand(open, { callIndex: 0, input: first });
          const after = await composeByHand(open, { callIndex: 1, input: second });
          await outputOf(open, { input: first });
          const plan = planOf(1, REUSE);
          const { output } = await open.run.runCall(callOf(open, { input: second, plan }));
          const [embedded, then] = [after.embedded, before.embedded].map(float32View);
          const hidden = (before.hidden.at(-1) ?? new Float32Array()).map((value, i) => {
            return (embedded?.[i] ?? NaN) + Math.fround(value - (then?.[i] ?? NaN));
          });
          const head = await open.run.forward({
            branch: 'cond',
            callIndex: 1,
            site: 'head',
            input: inline(float32Tensor(after.embedded.shape, hidden)),
            output: null,
            keep: false,
            selection: null,
          });
          assert.deepEqual(local(output), local(head.output));
        },
        { setup: { granularity: 'residual' } },
      ),
  },
];
