import assert from 'node:assert/strict';

import { createSharedDirectory } from '../shared-memory/shared-directory.js';
import { openSharedFile } from '../shared-memory/shared-file.js';
import { byteLength } from '../tensor/tensor-type.js';
import { NO_SETUP } from '../wire/setup-messages.js';
import { assertRefused } from './assertions.js';
import type { ConformanceCheck } from './conformance-check.js';
import {
  callOf,
  labelTensor,
  local,
  networkInput,
  openRun,
  planOf,
  withRun,
} from './conformance-run.js';

/** The life of a run. */
export const runChecks: readonly ConformanceCheck[] = [
  {
    title: 'an id in use is refused and the first run goes on; after its end the id is free',
    async run(host) {
      const first = await openRun(host);
      const { runId } = first;
      await assertRefused(openRun(host, { runId }), 'already-exists', new RegExp(runId));
      await first.run.runCall(callOf(first));
      await first.run.end();
      await (await openRun(host, { runId })).run.end();
    },
  },
  {
    title: 'ending twice is no error; afterwards requests are refused',
    async run(host) {
      const open = await openRun(host);
      await open.run.end();
      await open.run.end();
      await assert.rejects(open.run.runCall(callOf(open)), /is ended|is not open/);
    },
  },
  {
    title: 'two runs do not see each other: interleaved they answer as alone',
    async run(host) {
      const call = (index: number, kind: 'full' | 'reuse') => ({ plan: planOf(index, { kind }) });
      const alone = await withRun(host, async (open) => {
        await open.run.runCall(callOf(open, call(0, 'full')));
        return open.run.runCall(callOf(open, call(1, 'reuse')));
      });
      await withRun(host, (one) =>
        withRun(host, async (other) => {
          await one.run.runCall(callOf(one, call(0, 'full')));
          const input = networkInput(other.description, 7);
          await other.run.runCall(callOf(other, { ...call(0, 'full'), input }));
          const again = await one.run.runCall(callOf(one, call(1, 'reuse')));
          assert.deepEqual(local(again.output), local(alone.output));
        }),
      );
    },
  },
  {
    title: 'requests of one run sent at once are answered in their order',
    run: (host) =>
      withRun(host, async (open) => {
        const calls = [0, 1].map((index) =>
          open.run.runCall(
            callOf(open, { plan: planOf(index, { kind: index ? 'reuse' : 'full' }) }),
          ),
        );
        const [full, reuse] = await Promise.all(calls);
        assert.equal(full?.forecast, 0);
        assert.ok((reuse?.forecast ?? 0) > 0);
      }),
  },
  {
    title: 'conditioning that is missing, misnamed, misshapen or out of range is refused',
    async run(host) {
      const begin = (name: string, labels: readonly bigint[]) =>
        host.beginRun({
          runId: 'bad-conditioning',
          branches: [
            { branch: 'cond', batch: 2, tensors: [{ name, tensor: labelTensor(labels) }] },
          ],
          timesteps: [1],
          sharedDirectory: '',
          setup: NO_SETUP,
        });
      await assertRefused(begin('caption', [1n, 2n]), 'invalid-argument', /label/);
      await assertRefused(begin('label', [1n]), 'invalid-argument', /tensors\[0\]/);
      await assertRefused(begin('label', [1n, 9999n]), 'invalid-argument', /9999/);
      await assertRefused(begin('label', [1n, -1n]), 'invalid-argument', /-1/);
      await (await begin('label', [1n, 2n])).end();
    },
  },
  {
    title: 'an aborted request is refused with cancelled and the run goes on',
    run: (host) =>
      withRun(host, async (open) => {
        const options = { signal: AbortSignal.abort() };
        await assertRefused(open.run.runCall(callOf(open), options), 'cancelled', /cancelled/);
        await open.run.runCall(callOf(open));
      }),
  },
  {
    title: 'tensors in shared memory give the bits of inline ones',
    async run(host) {
      const directory = createSharedDirectory({ limitBytes: 2 ** 24 });
      try {
        const sharedDirectory = directory.path;
        await withRun(host, (open) => sharedRoundTrip(open, directory), { sharedDirectory });
      } finally {
        directory.dispose();
      }
    },
  },
  {
    title: 'regions of a run without a shared directory are refused',
    run: (host) =>
      withRun(host, async (open) => {
        const input = networkInput(open.description);
        const region = { name: 'a', offset: 0, byteLength: byteLength(input) };
        const shared = { dtype: input.dtype, shape: input.shape, place: 'region', region } as const;
        await assertRefused(
          open.run.runCall(callOf(open, { input: shared })),
          'failed-precondition',
          /no shared directory/,
        );
      }),
  },
];

async function sharedRoundTrip(
  open: Awaited<ReturnType<typeof openRun>>,
  directory: ReturnType<typeof createSharedDirectory>,
): Promise<void> {
  const input = networkInput(open.description);
  const size = byteLength(input);
  const inputRegion = { name: 'round-trip', offset: 64, byteLength: size };
  const outputRegion = { name: 'round-trip', offset: 64 + size, byteLength: size };
  await directory.create('round-trip', 64 + 2 * size);
  const file = openSharedFile(directory.path, 'round-trip');
  try {
    file.write(inputRegion, local(input).bytes);
    const expected = await open.run.runCall(callOf(open));
    const type = { dtype: input.dtype, shape: input.shape };
    const shared = await open.run.runCall(
      callOf(open, {
        input: { ...type, place: 'region', region: inputRegion },
        output: outputRegion,
      }),
    );
    assert.deepEqual(shared.output, { ...type, place: 'region', region: outputRegion });
    const bytes = new Uint8Array(size);
    file.read(outputRegion, bytes);
    assert.deepEqual(bytes, Uint8Array.from(local(expected.output).bytes));
  } finally {
    file.close();
  }
}
