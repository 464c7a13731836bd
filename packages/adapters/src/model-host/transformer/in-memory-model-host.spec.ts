import {
  callOf,
  networkInput,
  openRun,
  planOf,
  probeOf,
} from '../../conformance/conformance-run.js';
import type { ConformanceRun } from '../../conformance/conformance-run.js';
import { createInMemoryModelHost } from './in-memory-model-host.js';
import { createInMemoryNetwork } from './in-memory-network.js';
import type { Action, CallPlan } from '../model-host.js';
import { transformerLayout } from './transformer-layout.js';
import { describeTransformer } from './transformer-network.js';

const FULL = { kind: 'full' } as const;
const REUSE = { kind: 'reuse' } as const;

describe('the in-memory model host', () => {
  it('a forecast call really computes nothing but what the granularity leaves', async () => {
    const host = createInMemoryModelHost();
    const open = await openRun(host);
    await open.run.runCall(callOf(open, { plan: planOf(0, FULL) }));
    expect(Object.fromEntries(host.computed)).toEqual({
      embed: 1,
      modulation: 1,
      'blocks.0.attention': 1,
      'blocks.0.mlp': 1,
      'blocks.1.attention': 1,
      'blocks.1.mlp': 1,
      head: 1,
    });
    await open.run.runCall(callOf(open, { plan: planOf(1, REUSE) }));
    expect(host.computed.get('blocks.0.attention')).toBe(1);
    expect(host.computed.get('head')).toBe(2);
  });

  it('modulation is computed once a call, whoever needs it first', async () => {
    const host = createInMemoryModelHost();
    const open = await openRun(host);
    const input = networkInput(open.description);
    const forward = { branch: 'cond', callIndex: 0, output: null, keep: false, selection: null };
    const { output } = await open.run.forward({ ...forward, site: 'embed', input });
    await open.run.forward({ ...forward, site: 'blocks.1.mlp', input: output });
    await open.run.forward({ ...forward, site: 'modulation', input: null });
    expect(host.computed.get('modulation')).toBe(1);
  });

  it('a call that fails half-way leaves the history as it was', async () => {
    let isBroken = false;
    const host = createInMemoryModelHost({
      beforeSite: (site) => {
        if (isBroken && site === 'head') throw new Error('the network broke');
      },
    });
    const open = await openRun(host);
    await open.run.runCall(callOf(open, { plan: planOf(0, FULL) }));
    isBroken = true;
    const failing = open.run.runCall(callOf(open, { plan: planOf(1, FULL) }));
    await expect(failing).rejects.toThrow('the network broke');
    isBroken = false;
    const plan = planOf(2, { kind: 'forecast', weights: [2, -1] });
    await expect(open.run.runCall(callOf(open, { plan }))).rejects.toThrow(
      'site blocks.0.attention: the forecast needs 2 stored features, has 1',
    );
    await open.run.runCall(callOf(open, { plan: planOf(1, FULL) }));
    await expect(open.run.runCall(callOf(open, { plan }))).resolves.toMatchObject({ forecast: 4 });
  });

  describe('of a call that fails half-way', () => {
    let isBroken: boolean;

    beforeEach(() => {
      isBroken = false;
    });

    function breakable() {
      return createInMemoryModelHost({
        beforeSite: (site) => {
          if (isBroken && site === 'head') throw new Error('the network broke');
        },
      });
    }

    async function fails(call: Promise<unknown>) {
      isBroken = true;
      await expect(call).rejects.toThrow('the network broke');
      isBroken = false;
    }

    const measure = (open: ConformanceRun, callIndex: number) =>
      open.run.measure({
        branch: 'cond',
        callIndex,
        input: networkInput(open.description, callIndex),
      });

    it('nothing that probes remember is moved, and it can be made again without its input', async () => {
      const probes = [probeOf('first-blocks-change', { count: 1 }), probeOf('output-rate')];
      const [open, other] = [
        await openRun(breakable(), { setup: { probes } }),
        await openRun(breakable(), { setup: { probes } }),
      ];
      const call = (run: ConformanceRun, index: number) =>
        run.run.runCall(callOf(run, { plan: planOf(index, FULL), input: null }));
      for (const run of [open, other]) {
        await measure(run, 0);
        await call(run, 0);
      }
      const scalars = await measure(open, 1);
      await fails(call(open, 1));
      expect(await measure(open, 1)).toEqual(scalars);
      await fails(call(open, 1));
      const again = await call(open, 1);
      expect(await measure(other, 1)).toEqual(scalars);
      expect(again).toEqual(await call(other, 1));
      expect(Object.keys(again.scalars)).toContain('output-change');
    });

    it('no token counts as computed', async () => {
      const setup = {
        sites: [],
        tokenCache: { sites: ['blocks.0.mlp'], score: 'influence' },
      } as const;
      const [open, other] = [
        await openRun(breakable(), { setup }),
        await openRun(breakable(), { setup }),
      ];
      const selection = { tokens: 1, stalenessWeight: 10, grid: 0, gridBonus: 0 };
      const exceptions = [
        { site: 'blocks.0.mlp', action: { kind: 'partial', selection } as const },
      ];
      const call = (run: ConformanceRun, callIndex: number, action = exceptions) =>
        run.run.runCall(
          callOf(run, {
            plan: { callIndex, action: FULL, exceptions: action },
            input: networkInput(run.description, callIndex),
          }),
        );
      await fails(call(open, 0, []));
      await expect(call(open, 1)).rejects.toThrow('a partial call needs a full one before it');
      for (const run of [open, other]) await call(run, 0, []);
      await fails(call(open, 1));
      for (const index of [2, 3]) {
        expect(await call(open, index)).toEqual(await call(other, index));
      }
    });
  });

  it('a measured call is computed once: running it goes on from there', async () => {
    const host = createInMemoryModelHost();
    const setup = { granularity: 'residual', sites: ['blocks.1-1'] } as const;
    const probes = [probeOf('first-blocks-change', { count: 1 })];
    const open = await openRun(host, { setup: { ...setup, probes } });
    const input = networkInput(open.description);
    await open.run.measure({ branch: 'cond', callIndex: 0, input });
    expect(Object.fromEntries(host.computed)).toEqual({
      embed: 1,
      modulation: 1,
      'blocks.0.attention': 1,
      'blocks.0.mlp': 1,
    });
    await open.run.runCall(callOf(open, { input: null }));
    expect(new Set(host.computed.values())).toEqual(new Set([1]));
    await open.run.measure({ branch: 'cond', callIndex: 1, input });
    await open.run.runCall(callOf(open, { plan: planOf(1, REUSE), input: null }));
    expect(host.computed.get('blocks.0.mlp')).toBe(2);
    expect(host.computed.get('blocks.1.mlp')).toBe(1);
  });

  it('a module that was computed to be measured is not stored by a plan that skips it', async () => {
    const probes = [probeOf('first-blocks-change', { count: 1 })];
    const setup = { sites: ['blocks.0.attention', 'hidden'], probes };
    const open = await openRun(createInMemoryModelHost(), { setup });
    const call = (callIndex: number, attention: Action, hidden: Action) =>
      open.run.runCall(
        callOf(open, {
          plan: { callIndex, action: attention, exceptions: [{ site: 'hidden', action: hidden }] },
        }),
      );
    await call(0, FULL, FULL);
    await call(1, FULL, REUSE);
    await expect(call(2, { kind: 'forecast', weights: [2, -1] }, FULL)).rejects.toThrow(
      'site blocks.0.attention: the forecast needs 2 stored features, has 1',
    );
  });

  it('a signal of the measure does not stop the call that goes on from there', async () => {
    const probes = [probeOf('first-blocks-change', { count: 1 })];
    const open = await openRun(createInMemoryModelHost(), { setup: { probes } });
    const controller = new AbortController();
    const input = networkInput(open.description);
    const request = { branch: 'cond', callIndex: 0, input };
    await open.run.measure(request, { signal: controller.signal });
    controller.abort();
    const call = open.run.runCall(callOf(open, { input: null }));
    await expect(call).resolves.toMatchObject({ forecast: 0 });
  });

  it('a forward does not see the tokens of a call that was only measured', async () => {
    const outputs = [];
    for (const isMeasured of [true, false]) {
      const open = await openRun(createInMemoryModelHost(), {
        setup: {
          sites: [],
          tokenCache: { sites: ['blocks.0.mlp'], score: 'influence' },
          probes: [probeOf('first-blocks-change', { count: 1 })],
        },
      });
      await open.run.runCall(callOf(open));
      const input = networkInput(open.description, 1);
      const key = { branch: 'cond', callIndex: 1 };
      if (isMeasured) await open.run.measure({ ...key, input });
      const forward = { ...key, output: null, keep: false };
      const embed = await open.run.forward({ ...forward, site: 'embed', input, selection: null });
      const selection = { tokens: 0, stalenessWeight: 0, grid: 0, gridBonus: 0 };
      const site = { site: 'blocks.0.mlp', input: embed.output, selection };
      outputs.push((await open.run.forward({ ...forward, ...site })).output);
    }
    expect(outputs[0]).toEqual(outputs[1]);
  });

  it('a measured input is the one that is run, whatever the caller does to its bytes', async () => {
    const open = await openRun(createInMemoryModelHost(), { setup: { granularity: 'output' } });
    // [2, 1, 3, 2] floats
    const bytes = new Uint8Array(48);
    const input = { dtype: 'float32', shape: [2, 1, 3, 2], place: 'inline', bytes } as const;
    const expected = await open.run.runCall(callOf(open, { input }));
    await open.run.measure({ branch: 'cond', callIndex: 0, input });
    bytes.fill(63);
    const { output } = await open.run.runCall(callOf(open, { input: null }));
    expect(output).toEqual(expected.output);
  });

  it('a history that does not fit is refused as a whole', async () => {
    // Features are [2, 3, 4] floats: 96 bytes, 128 with alignment; four sites need 512.
    const host = createInMemoryModelHost({ runLimitBytes: 400 });
    const open = await openRun(host);
    const full = () => open.run.runCall(callOf(open, { plan: planOf(0, FULL) }));
    await expect(full()).rejects.toMatchObject({ code: 'resource-exhausted' });
    await expect(full()).rejects.toMatchObject({ code: 'resource-exhausted' });
    const plan = planOf(1, REUSE);
    await expect(open.run.runCall(callOf(open, { plan }))).rejects.toThrow(
      'site blocks.0.attention: the forecast needs 1 stored features, has 0',
    );
  });

  it('memory that a failed call took is given back', async () => {
    // Three features of 128 bytes fit and one more, for the next call; two more do not.
    const host = createInMemoryModelHost({ runLimitBytes: 600 });
    const sites = ['blocks.0.attention', 'blocks.0.mlp', 'blocks.1.attention'];
    const open = await openRun(host, { setup: { sites, historySize: 1 } });
    const call = (plan: CallPlan) => open.run.runCall(callOf(open, { plan }));
    await call(planOf(0, FULL));
    await expect(call(planOf(1, FULL))).rejects.toMatchObject({ code: 'resource-exhausted' });
    const exceptions = [{ site: 'blocks.1.attention', action: FULL }];
    const { forecast } = await call({ callIndex: 2, action: REUSE, exceptions });
    expect(forecast).toBe(2);
  });

  it('a full call may not follow a later one', async () => {
    const open = await openRun(createInMemoryModelHost());
    await open.run.runCall(callOf(open, { plan: planOf(2, FULL) }));
    await expect(open.run.runCall(callOf(open, { plan: planOf(1, FULL) }))).rejects.toThrow(
      'site blocks.0.attention: a full call 1 cannot follow call 2',
    );
  });

  it('requests of a run wait for each other, those of another run do not', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const order: string[] = [];
    let isFirst = true;
    const host = createInMemoryModelHost({
      beforeSite: async () => {
        if (!isFirst) return;
        isFirst = false;
        await gate;
      },
    });
    const [one, other] = [await openRun(host), await openRun(host)];
    const slow = one.run.runCall(callOf(one)).then(() => order.push('one, first'));
    const behind = one.run
      .runCall(callOf(one, { plan: planOf(1, REUSE) }))
      .then(() => order.push('one, second'));
    await other.run.runCall(callOf(other)).then(() => order.push('other'));
    release();
    await Promise.all([slow, behind]);
    expect(order).toEqual(['other', 'one, first', 'one, second']);
  });

  it('an abort in the middle of a call stops it and stores nothing', async () => {
    const controller = new AbortController();
    const host = createInMemoryModelHost({
      beforeSite: (site) => {
        if (site === 'blocks.0.mlp') controller.abort();
      },
    });
    const open = await openRun(host);
    const call = open.run.runCall(callOf(open), { signal: controller.signal });
    await expect(call).rejects.toMatchObject({
      code: 'cancelled',
      message: 'the request was cancelled',
    });
    expect(host.computed.has('blocks.1.attention')).toBe(false);
  });

  it('an abort in the middle of a measure stops it, and the call still needs its input', async () => {
    const controller = new AbortController();
    const host = createInMemoryModelHost({
      beforeSite: (site) => {
        if (site === 'embed') controller.abort();
      },
    });
    const probes = [probeOf('first-blocks-change', { count: 1 })];
    const open = await openRun(host, { setup: { probes } });
    const request = { branch: 'cond', callIndex: 0, input: networkInput(open.description) };
    const measure = open.run.measure(request, { signal: controller.signal });
    await expect(measure).rejects.toMatchObject({ code: 'cancelled' });
    expect([...host.computed.keys()]).toEqual(['embed']);
    await expect(open.run.runCall(callOf(open, { input: null }))).rejects.toThrow(
      'call 0 of branch cond needs its input: it is not the newest measured one',
    );
  });

  it('closing ends all runs, and then nothing can be opened', async () => {
    const host = createInMemoryModelHost();
    const open = await openRun(host);
    await host.close();
    await host.close();
    await expect(open.run.runCall(callOf(open))).rejects.toThrow(`run ${open.runId} is ended`);
    await expect(openRun(host)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: 'the model host is closed',
    });
  });

  it('depth, tokens and width are options', async () => {
    const host = createInMemoryModelHost({ depth: 3, tokens: 5, width: 6 });
    const layout = transformerLayout(await host.describe());
    expect(layout).toMatchObject({ depth: 3, tokens: 5, width: 6, rows: 20 });
  });
});

describe('transformerLayout', () => {
  const { description } = createInMemoryNetwork();
  const model = { hostId: 'h', ...description };

  it('refuses sites in another order and rows of another depth', () => {
    const message = 'model in-memory is not an adaLN-zero transformer of 2 blocks';
    const reversed = { ...model, sites: [...model.sites].reverse() };
    expect(() => transformerLayout(reversed)).toThrow(message);
    const flops = () => 1;
    const sizes = { model: 'x', depth: 3, tokens: 3, width: 4, image: [1], flops };
    const modulation = describeTransformer(sizes).sites.filter(({ name }) => name === 'modulation');
    const others = model.sites.filter(({ name }) => name !== 'modulation');
    expect(() => transformerLayout({ ...model, sites: [...modulation, ...others] })).toThrow(
      message,
    );
  });
});
