import assert from 'node:assert/strict';

import type { Action, Granularity, ModelHost, RunCall } from '../model-host/model-host.js';
import { assertClose, assertRefused } from './assertions.js';
import type { ConformanceCheck } from './conformance-check.js';
import { callOf, networkInput, numbers, planOf, withRun } from './conformance-run.js';
import type { ConformanceRun } from './conformance-run.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };
const GRANULARITIES: readonly Granularity[] = [
  'module',
  'block',
  'residual',
  'hidden',
  'output',
  'change',
];
/** Whose features are whole tensors; that of a residual or of a change is a difference, which has to be rounded. */
const WHOLE: readonly Granularity[] = ['module', 'hidden', 'output'];
const ROUNDING = 1e-4;

function forecast(...weights: readonly number[]): Action {
  return { kind: 'forecast', weights };
}

/** A run that keeps the sites of one granularity. */
function withGranularity<Result>(
  host: ModelHost,
  granularity: Granularity,
  work: (open: ConformanceRun) => Promise<Result>,
): Promise<Result> {
  return withRun(host, work, { setup: { granularity } });
}

async function valuesOf(open: ConformanceRun, change: Partial<RunCall>) {
  return numbers((await open.run.runCall(callOf(open, change))).output);
}

/** Whole calls by plan. */
export const plannedCallChecks: readonly ConformanceCheck[] = [
  {
    title: 'a full call gives the same bits at every granularity, on every run, kept or not',
    async run(host) {
      const bare = await withRun(host, (open) => valuesOf(open, {}), { setup: { sites: [] } });
      for (const granularity of GRANULARITIES) {
        const output = await withGranularity(host, granularity, (open) => valuesOf(open, {}));
        assert.deepEqual(output, bare, granularity);
      }
    },
  },
  {
    title:
      'reuse at the same input and timestep gives the full call, to the bit but for differences',
    async run(host) {
      for (const granularity of GRANULARITIES) {
        await withGranularity(host, granularity, async (open) => {
          const full = await valuesOf(open, { plan: planOf(3, FULL) });
          const reused = await valuesOf(open, { plan: planOf(4, REUSE) });
          assertClose(reused, full, WHOLE.includes(granularity) ? 0 : ROUNDING);
        });
      }
    },
  },
  {
    title: 'the weights [1] are reuse',
    async run(host) {
      for (const granularity of GRANULARITIES) {
        const second = (action: Action) =>
          withGranularity(host, granularity, async (open) => {
            await valuesOf(open, {});
            return valuesOf(open, { plan: planOf(1, action) });
          });
        assert.deepEqual(await second(forecast(1)), await second(REUSE));
      }
    },
  },
  {
    title: 'a forecast at granularity output is the weighted sum of outputs, newest first',
    run: (host) =>
      withGranularity(host, 'output', async (open) => {
        const call = (index: number, action: Action) => {
          const input = networkInput(open.description, index);
          return valuesOf(open, { plan: planOf(index, action), input });
        };
        const [older, newer] = [await call(0, FULL), await call(1, FULL)];
        const sum = await call(2, forecast(2, -1));
        assertClose(
          sum,
          newer.map((value, i) => 2 * value - (older[i] ?? NaN)),
          1e-4,
        );
      }),
  },
  {
    title: 'counts tell what was computed and what was forecast',
    async run(host) {
      const { sites } = await host.describe();
      const forwardable = sites.filter(({ isForwardable }) => isForwardable).length;
      const branches = forwardable - 3;
      const expected: Readonly<Record<Granularity, readonly [number, number]>> = {
        module: [3, branches],
        block: [3, branches / 2],
        residual: [3, 1],
        hidden: [3, 1],
        output: [0, 1],
        change: [0, 1],
      };
      for (const granularity of GRANULARITIES) {
        await withGranularity(host, granularity, async (open) => {
          const full = await open.run.runCall(callOf(open));
          assert.deepEqual([full.forwarded, full.forecast, full.partial], [forwardable, 0, 0]);
          const plan = planOf(1, REUSE);
          const { forwarded, forecast, partial } = await open.run.runCall(callOf(open, { plan }));
          assert.deepEqual([forwarded, forecast, partial], [...expected[granularity], 0]);
        });
      }
    },
  },
  {
    title: 'a forecast that needs more than the history has is refused, naming site and numbers',
    async run(host) {
      for (const granularity of GRANULARITIES) {
        await withGranularity(host, granularity, async (open) => {
          const plan = planOf(1, forecast(2, -1));
          const early = open.run.runCall(callOf(open, { plan }));
          await assertRefused(early, 'failed-precondition', /site .*needs 2 .*has 0/);
          await valuesOf(open, {});
          const late = open.run.runCall(callOf(open, { plan }));
          await assertRefused(late, 'failed-precondition', /site .*needs 2 .*has 1/);
        });
      }
    },
  },
  {
    title:
      'exceptions: all sites but one forecast equals the plan that says so the other way round',
    run: (host) =>
      withRun(host, async (open) => {
        const site = 'blocks.0.mlp';
        await valuesOf(open, {});
        const mixed = { callIndex: 1, action: REUSE, exceptions: [{ site, action: FULL }] };
        const answer = await open.run.runCall(callOf(open, { plan: mixed }));
        assert.equal(answer.forwarded, 4);
        const plan = planOf(2, forecast(2, -1));
        await assertRefused(
          open.run.runCall(callOf(open, { plan })),
          'failed-precondition',
          /site blocks\.0\.attention.*needs 2 .*has 1/,
        );
      }),
  },
  {
    title: 'a full call made again leaves the history as it was',
    run: (host) =>
      withRun(host, async (open) => {
        const first = await valuesOf(open, {});
        assert.deepEqual(await valuesOf(open, {}), first);
        const plan = planOf(1, forecast(2, -1));
        const early = open.run.runCall(callOf(open, { plan }));
        await assertRefused(early, 'failed-precondition', /needs 2 .*has 1/);
      }),
  },
  {
    title: 'the history keeps as many features as the run asked for',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          for (const index of [0, 1, 2]) await valuesOf(open, { plan: planOf(index, FULL) });
          await valuesOf(open, { plan: planOf(3, forecast(2, -1)) });
          const plan = planOf(3, forecast(3, -3, 1));
          const early = open.run.runCall(callOf(open, { plan }));
          await assertRefused(early, 'failed-precondition', /needs 3 .*has 2/);
        },
        { setup: { historySize: 2 } },
      ),
  },
  {
    title: 'a refused call changes nothing: the next one answers as if it had not been',
    run: (host) =>
      withRun(host, async (open) => {
        await valuesOf(open, {});
        const expected = await valuesOf(open, { plan: planOf(1, REUSE) });
        const unknown = { callIndex: 1, action: FULL, exceptions: [{ site: 'x', action: FULL }] };
        const head = { callIndex: 1, action: FULL, exceptions: [{ site: 'head', action: FULL }] };
        const bad: readonly Partial<RunCall>[] = [
          { plan: planOf(1, forecast()) },
          { plan: planOf(1, forecast(NaN)) },
          { plan: planOf(5, FULL) },
          { plan: head },
          { branch: 'other' },
          { input: { ...networkInput(open.description), shape: [1] } },
        ];
        for (const change of bad) {
          await assertRefused(open.run.runCall(callOf(open, change)), 'invalid-argument', /./);
        }
        await assertRefused(open.run.runCall(callOf(open, { plan: unknown })), 'not-found', /"x"/);
        assert.deepEqual(await valuesOf(open, { plan: planOf(1, REUSE) }), expected);
      }),
  },
  {
    title: 'branches have histories of their own',
    run: (host) =>
      withRun(host, async (open) => {
        await valuesOf(open, {});
        const other = open.run.runCall(callOf(open, { branch: 'uncond', plan: planOf(1, REUSE) }));
        await assertRefused(other, 'failed-precondition', /needs 1 .*has 0/);
      }),
  },
];
