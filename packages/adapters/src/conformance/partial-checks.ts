import assert from 'node:assert/strict';

import type {
  Action,
  CallOutput,
  CallPlan,
  ModelHost,
  RunSetup,
  TokenScore,
} from '../model-host/model-host.js';
import { transformerLayout } from '../model-host/transformer/transformer-layout.js';
import { float32View } from '../tensor/tensor-view.js';
import { assertClose, assertRefused } from './assertions.js';
import { composeCall } from './composed-call.js';
import type { ConformanceCheck } from './conformance-check.js';
import {
  callOf,
  hiddenInput,
  local,
  networkInput,
  numbers,
  planOf,
  withRun,
} from './conformance-run.js';
import type { ConformanceRun, OpenOptions } from './conformance-run.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };
const ATTENTION = 'blocks.0.attention';
const MLP = 'blocks.0.mlp';
const SCORES: readonly TokenScore[] = ['influence', 'value-norm', 'random'];

function partial(tokens: number): Action & { kind: 'partial' } {
  const selection = { tokens, stalenessWeight: 0.25, grid: 0, gridBonus: 0 };
  return { kind: 'partial', selection };
}

/** Keeps nothing, and caches both modules of block 0 by token. */
function cachedBy(score: TokenScore, change: Partial<RunSetup> = {}): OpenOptions {
  return { setup: { sites: [], tokenCache: { sites: [ATTENTION, MLP], score }, ...change } };
}

function partialPlan(callIndex: number, action: Action, sites = [ATTENTION, MLP]): CallPlan {
  return { callIndex, action: FULL, exceptions: sites.map((site) => ({ site, action })) };
}

/** A full call, then one by another plan at another input. */
async function secondCall(open: ConformanceRun, plan: CallPlan): Promise<CallOutput> {
  await open.run.runCall(callOf(open));
  const input = networkInput(open.description, 1);
  return open.run.runCall(callOf(open, { input, plan }));
}

async function tokensOf(host: ModelHost): Promise<number> {
  return transformerLayout(await host.describe()).tokens;
}

/** Calls that compute chosen tokens. */
export const partialChecks: readonly ConformanceCheck[] = [
  {
    title: 'a partial call of all tokens is the full one, to 1e-5',
    async run(host) {
      const all = partialPlan(1, partial(await tokensOf(host)));
      for (const score of SCORES) {
        const second = (plan: CallPlan) =>
          withRun(host, (open) => secondCall(open, plan), cachedBy(score));
        const full: CallOutput = await second(planOf(1, FULL));
        const whole: CallOutput = await second(all);
        assertClose(numbers(whole.output), numbers(full.output), 1e-5);
        assert.deepEqual([whole.forwarded, whole.partial], [full.forwarded - 2, 2]);
      }
    },
  },
  {
    title: 'a partial call of no tokens is the cached feature: the bits of a reuse',
    async run(host) {
      const none = await withRun(
        host,
        (open) => secondCall(open, partialPlan(1, partial(0))),
        cachedBy('influence'),
      );
      const reused = await withRun(host, (open) => secondCall(open, planOf(1, REUSE)), {
        setup: { sites: [ATTENTION, MLP] },
      });
      assert.deepEqual(local(none.output), local(reused.output));
      assert.deepEqual([none.forecast, none.partial], [0, 2]);
    },
  },
  {
    title:
      'a partial call of some tokens is neither reuse nor full, and is the same when made again',
    run: async (host) => {
      const some = partialPlan(1, partial(1), [MLP]);
      for (const score of SCORES) {
        await withRun(
          host,
          async (open) => {
            const first = await secondCall(open, some);
            const input = networkInput(open.description, 1);
            const again = await open.run.runCall(callOf(open, { input, plan: some }));
            assert.deepEqual(local(again.output), local(first.output));
            const others = [planOf(1, FULL), partialPlan(1, partial(0), [MLP])];
            for (const plan of others) {
              const other = await withRun(host, (each) => secondCall(each, plan), cachedBy(score));
              assert.notDeepEqual(numbers(first.output), numbers(other.output));
            }
          },
          cachedBy(score),
        );
      }
    },
  },
  {
    title: 'partial forwards composed by the walk give the bits of a planned partial call',
    async run(host) {
      const plans = [planOf(0, FULL), partialPlan(1, partial(2)), partialPlan(2, partial(1))];
      const inputs = (open: ConformanceRun, index: number) => networkInput(open.description, index);
      for (const score of ['influence', 'value-norm'] as const) {
        const composed = await withRun(
          host,
          async (open) => {
            const outputs = [];
            for (const plan of plans) {
              const input = inputs(open, plan.callIndex);
              outputs.push(await composeCall(open, { branch: 'cond', input, plan }));
            }
            return outputs;
          },
          cachedBy(score),
        );
        const planned = await withRun(
          host,
          async (open) => {
            const outputs = [];
            for (const plan of plans) {
              const input = inputs(open, plan.callIndex);
              outputs.push(local((await open.run.runCall(callOf(open, { input, plan }))).output));
            }
            return outputs;
          },
          cachedBy(score),
        );
        assert.deepEqual(planned, composed);
      }
    },
  },
  {
    title: 'a partial feature is not stored: a reuse after it is that of the full call',
    async run(host) {
      const options = cachedBy('influence', { sites: [MLP] });
      const answers = [];
      for (const isPartial of [true, false]) {
        const answer = await withRun(
          host,
          async (open) => {
            await open.run.runCall(callOf(open));
            if (isPartial) {
              await open.run.runCall(callOf(open, { plan: partialPlan(1, partial(1), [MLP]) }));
            }
            return open.run.runCall(callOf(open, { plan: planOf(2, REUSE) }));
          },
          options,
        );
        answers.push(local(answer.output));
      }
      assert.deepEqual(answers[1], answers[0]);
    },
  },
  {
    title: 'a partial call before any full one is refused and changes nothing',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const early = open.run.runCall(callOf(open, { plan: partialPlan(1, partial(1)) }));
          const rule = /site blocks\.0\.attention: a partial call needs a full one before it/;
          await assertRefused(early, 'failed-precondition', rule);
          await secondCall(open, partialPlan(1, partial(1)));
          const other = open.run.runCall(
            callOf(open, { plan: partialPlan(1, partial(1)), branch: 'uncond' }),
          );
          await assertRefused(other, 'failed-precondition', rule);
        },
        cachedBy('influence'),
      ),
  },
  {
    title: 'a partial forward is refused before a full one, and at sites that are not cached',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          const input = hiddenInput(open.description);
          const forward = (site: string, tokens: number | null) =>
            open.run.forward({
              branch: 'cond',
              callIndex: 0,
              site,
              input: site === 'embed' ? networkInput(open.description) : input,
              output: null,
              keep: false,
              selection: tokens === null ? null : partial(tokens).selection,
            });
          await forward('embed', null);
          const early = /site blocks\.0\.mlp: a partial call needs a full one before it/;
          await assertRefused(forward(MLP, 1), 'failed-precondition', early);
          const rule = /selection must be unset for site .*, which is not in the run's token cache/;
          await assertRefused(forward('blocks.1.mlp', 1), 'invalid-argument', rule);
          await assertRefused(forward('embed', 1), 'invalid-argument', rule);
          await forward(ATTENTION, null);
          const full = float32View(local((await forward(MLP, null)).output));
          const { tokens } = transformerLayout(open.description);
          const tooMany = new RegExp(`selection\\.tokens must be an integer in 0\\.\\.${tokens}`);
          await assertRefused(forward(MLP, tokens + 1), 'invalid-argument', tooMany);
          const whole = float32View(local((await forward(MLP, tokens)).output));
          assertClose([...whole], [...full], 1e-5);
        },
        cachedBy('influence'),
      ),
  },
  {
    title: 'plans that a token cache cannot do are refused, naming the action',
    run: (host) =>
      withRun(
        host,
        async (open) => {
          await open.run.runCall(callOf(open));
          const { tokens } = transformerLayout(open.description);
          const cases: readonly [CallPlan, RegExp][] = [
            [
              partialPlan(1, REUSE, [MLP]),
              /plan\.exceptions\[0\]\.action must be full or partial at site blocks\.0\.mlp/,
            ],
            [
              partialPlan(1, partial(tokens + 1), [MLP]),
              /plan\.exceptions\[0\]\.action\.selection\.tokens must be an integer in 0\.\.\d+, got \d+$/,
            ],
            [
              partialPlan(1, partial(1), ['blocks.1.mlp']),
              /plan\.exceptions\[0\]\.site must be one of/,
            ],
            [
              planOf(1, REUSE),
              /plan\.action must be full in a run that keeps no sites, got "reuse"/,
            ],
          ];
          for (const [plan, message] of cases) {
            await assertRefused(
              open.run.runCall(callOf(open, { plan })),
              'invalid-argument',
              message,
            );
          }
        },
        cachedBy('value-norm'),
      ),
  },
];
