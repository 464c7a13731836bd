import { callOf, openRun, planOf } from '../conformance/conformance-run.js';
import { createInMemoryModelHost } from './in-memory-model-host.js';
import { createInMemoryNetwork } from './in-memory-network.js';
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
    const { input } = callOf(open);
    const forward = { branch: 'cond', callIndex: 0, output: null, keep: false };
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
