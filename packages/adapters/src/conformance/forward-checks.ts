import assert from 'node:assert/strict';

import type { Forward } from '../model-host/model-host.js';
import { assertClose, assertRefused } from './assertions.js';
import type { ConformanceCheck } from './conformance-check.js';
import { composeCall } from './composed-call.js';
import {
  callOf,
  hiddenInput,
  local,
  networkInput,
  numbers,
  planOf,
  withRun,
} from './conformance-run.js';
import type { ConformanceRun } from './conformance-run.js';

function forwardOf(open: ConformanceRun, change: Partial<Forward> = {}): Forward {
  return {
    branch: 'cond',
    callIndex: 0,
    site: 'embed',
    input: networkInput(open.description),
    output: null,
    keep: false,
    selection: null,
    ...change,
  };
}

function branchOf(open: ConformanceRun, change: Partial<Forward> = {}): Forward {
  const input = hiddenInput(open.description);
  return forwardOf(open, { site: 'blocks.0.attention', input, ...change });
}

/** Single sites. */
export const forwardChecks: readonly ConformanceCheck[] = [
  {
    title: 'single forwards composed by the walk give the bits of a planned full call',
    run: (host) =>
      withRun(host, async (open) => {
        for (const branch of ['cond', 'uncond']) {
          const input = networkInput(open.description);
          const plan = planOf(0, { kind: 'full' });
          const composed = await composeCall(open, { branch, plan, input });
          const planned = await open.run.runCall(callOf(open, { branch }));
          assert.deepEqual(local(planned.output), composed);
        }
      }),
  },
  {
    title: "a site before its call's embed is refused, also when another call had one",
    run: (host) =>
      withRun(host, async (open) => {
        const rule = /embed first/;
        await assertRefused(open.run.forward(branchOf(open)), 'failed-precondition', rule);
        await open.run.forward(forwardOf(open));
        await open.run.forward(branchOf(open));
        const later = branchOf(open, { callIndex: 1 });
        await assertRefused(open.run.forward(later), 'failed-precondition', rule);
        const other = branchOf(open, { branch: 'uncond' });
        await assertRefused(open.run.forward(other), 'failed-precondition', rule);
      }),
  },
  {
    title: 'forwards sent at once are answered in their order, and a refused one stops no other',
    run: (host) =>
      withRun(host, async (open) => {
        const wrong = branchOf(open, { input: networkInput(open.description) });
        const [embedded, refused, branch] = await Promise.allSettled([
          open.run.forward(forwardOf(open)),
          open.run.forward(wrong),
          open.run.forward(branchOf(open)),
        ]);
        assert.equal(refused.status, 'rejected');
        await assertRefused(Promise.reject(refused.reason), 'invalid-argument', /input/);
        assert.ok(embedded.status === 'fulfilled' && branch.status === 'fulfilled');
        const again = await open.run.forward(branchOf(open));
        assert.deepEqual(numbers(branch.value.output), numbers(again.output));
      }),
  },
  {
    title: 'an output is not changed by the forwards after it',
    run: (host) =>
      withRun(host, async (open) => {
        await open.run.forward(forwardOf(open));
        const first = (await open.run.forward(branchOf(open))).output;
        const before = [...numbers(first)];
        const input = hiddenInput(open.description, 7);
        const second = (await open.run.forward(branchOf(open, { input }))).output;
        assert.deepEqual(numbers(first), before);
        assert.notDeepEqual(numbers(second), before);
      }),
  },
  {
    title: 'branches and calls are different networks: label and timestep matter',
    run: (host) =>
      withRun(host, async (open) => {
        const rows = async (branch: string, callIndex: number) => {
          await open.run.forward(forwardOf(open, { branch, callIndex }));
          const site = { site: 'modulation', input: null, branch, callIndex };
          return numbers((await open.run.forward(forwardOf(open, site))).output);
        };
        const first = await rows('cond', 0);
        assert.notDeepEqual(await rows('uncond', 0), first);
        assert.notDeepEqual(await rows('cond', 1), first);
        assert.deepEqual(await rows('cond', 0), first);
      }),
  },
  {
    title: 'unknown branches, calls and sites are refused',
    run: (host) =>
      withRun(host, async (open) => {
        const refused = (change: Partial<Forward>) => open.run.forward(forwardOf(open, change));
        await assertRefused(refused({ branch: 'other' }), 'invalid-argument', /branch/);
        await assertRefused(refused({ callIndex: 5 }), 'invalid-argument', /call_index/);
        await assertRefused(refused({ site: 'blocks.99.mlp' }), 'not-found', /blocks\.99\.mlp/);
        for (const site of ['hidden', 'output', 'change', 'blocks.0-0']) {
          await assertRefused(refused({ site, input: null }), 'invalid-argument', /composed/);
        }
      }),
  },
  {
    title: 'an input of another dtype or shape, a missing one and a surplus one are refused',
    run: (host) =>
      withRun(host, async (open) => {
        const refused = (change: Partial<Forward>) =>
          assertRefused(open.run.forward(forwardOf(open, change)), 'invalid-argument', /input/);
        const input = networkInput(open.description);
        await refused({ input: hiddenInput(open.description) });
        await refused({ input: { ...input, dtype: 'int32' } });
        await refused({ input: null });
        await open.run.forward(forwardOf(open));
        await refused({ site: 'modulation' });
      }),
  },
  {
    title: 'combine is the weighted sum of kept outputs, and release frees them',
    run: (host) =>
      withRun(host, async (open) => {
        await open.run.forward(forwardOf(open));
        const keep = async (seed: number) => {
          const input = hiddenInput(open.description, seed);
          const { kept, output } = await open.run.forward(branchOf(open, { input, keep: true }));
          assert.ok(kept !== null);
          return { handle: kept, values: numbers(output) };
        };
        const [a, b] = [await keep(1), await keep(2)];
        const handles = [a.handle, b.handle];
        const request = { handles, weights: [1.5, -0.25], output: null, release: [b.handle] };
        const sum = numbers(await open.run.combine(request));
        const expected = a.values.map((value, i) => 1.5 * value - 0.25 * (b.values[i] ?? NaN));
        assertClose(sum, expected, 1e-4);
        await assertRefused(open.run.combine(request), 'not-found', /handle/);
        const first = { handles: [a.handle], weights: [1], output: null, release: [] };
        assert.deepEqual(numbers(await open.run.combine(first)), a.values);
      }),
  },
  {
    title: 'weights that are too many, too few or not finite are refused',
    run: (host) =>
      withRun(host, async (open) => {
        const { kept } = await open.run.forward(forwardOf(open, { keep: true }));
        assert.ok(kept !== null);
        for (const weights of [[], [1, 1], [NaN], [Infinity]]) {
          const request = { handles: [kept], weights, output: null, release: [kept] };
          await assertRefused(open.run.combine(request), 'invalid-argument', /weights|handles/);
        }
        const request = { handles: [kept], weights: [1], output: null, release: [kept] };
        assert.ok(numbers(await open.run.combine(request)).length > 0);
      }),
  },
  {
    title: 'a handle of another run is refused',
    run: (host) =>
      withRun(host, (one) =>
        withRun(host, async (other) => {
          const { kept } = await one.run.forward(forwardOf(one, { keep: true }));
          assert.ok(kept !== null);
          const request = { handles: [kept], weights: [1], output: null, release: [] };
          await assertRefused(other.run.combine(request), 'not-found', /handle/);
          await one.run.runCall(callOf(one, { plan: planOf(0, { kind: 'full' }) }));
        }),
      ),
  },
];
