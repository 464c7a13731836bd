import { NO_SETUP } from '../../wire/setup-messages.js';
import { createInMemoryNetwork } from '../transformer/in-memory-network.js';
import type { Action, CallPlan } from '../model-host.js';
import { isComputed, resolvePlan } from './resolved-plan.js';
import { transformerLayout } from '../transformer/transformer-layout.js';

const LAYOUT = transformerLayout({
  hostId: 'h',
  ...createInMemoryNetwork({ depth: 4 }).description,
});

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };
const FORECAST: Action = { kind: 'forecast', weights: [2, -1] };

function resolve(
  sites: readonly string[],
  action: Action,
  exceptions: Readonly<Record<string, Action>> = {},
) {
  const plan: CallPlan = {
    callIndex: 0,
    action,
    exceptions: Object.entries(exceptions).map(([site, other]) => ({ site, action: other })),
  };
  return resolvePlan(LAYOUT, { ...NO_SETUP, sites }, plan);
}

function skipped(...call: Parameters<typeof resolve>): readonly string[] {
  return resolve(...call).actions.map(({ site, action }) => `${action.kind} ${site}`);
}

describe('resolvePlan', () => {
  it('a full call skips nothing', () => {
    expect(skipped(['hidden', 'blocks.0.mlp'], FULL)).toEqual([]);
  });

  it('the action of a plan is that of its kept sites, and of no other', () => {
    expect(skipped([], REUSE)).toEqual([]);
    expect(skipped(['blocks.0.mlp'], REUSE)).toEqual(['reuse blocks.0.mlp']);
  });

  it('sites come in walk order, however they are named', () => {
    const sites = ['blocks.3.mlp', 'blocks.1-2', 'blocks.0.mlp', 'blocks.0.attention'];
    expect(skipped(sites, REUSE)).toEqual([
      'reuse blocks.0.attention',
      'reuse blocks.0.mlp',
      'reuse blocks.1-2',
      'reuse blocks.3.mlp',
    ]);
  });

  it('an exception may name a site that is not kept', () => {
    expect(skipped(['hidden'], FULL, { 'blocks.2.mlp': FORECAST })).toEqual([
      'forecast blocks.2.mlp',
    ]);
  });

  it('what lies within a site that is not full does not count', () => {
    const all = ['blocks.1.mlp', 'blocks.1-2', 'hidden', 'output'];
    expect(skipped(all, REUSE)).toEqual(['reuse output']);
    expect(skipped(all, REUSE, { output: FULL })).toEqual(['reuse hidden']);
    expect(skipped(all, REUSE, { output: FULL, hidden: FULL })).toEqual(['reuse blocks.1-2']);
    expect(skipped(['change', 'hidden'], REUSE)).toEqual(['reuse change']);
  });

  it('a site around one that is not full may be full', () => {
    expect(skipped(['blocks.0-3'], FULL, { 'blocks.1-2': REUSE })).toEqual(['reuse blocks.1-2']);
  });

  it('ranges side by side are both obeyed', () => {
    expect(skipped(['blocks.2-3', 'blocks.0-1'], REUSE)).toEqual([
      'reuse blocks.0-1',
      'reuse blocks.2-3',
    ]);
  });

  it.each([
    [['blocks.0-1', 'blocks.1-2'], 'blocks.0-1 and blocks.1-2'],
    [['blocks.0-3', 'blocks.1-1'], 'blocks.0-3 and blocks.1-1'],
    [['output', 'change'], 'output and change'],
  ])('%j contradict each other when both are not full', (sites, names) => {
    expect(() => resolve(sites, REUSE)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: `sites ${names} overlap: only one of them can be other than full in one call, got reuse and reuse`,
      }),
    );
    const [first = ''] = sites;
    expect(() => resolve(sites, REUSE, { [first]: FULL })).not.toThrow();
  });

  it('ranges that overlap do not matter within a site that is not full', () => {
    expect(skipped(['blocks.0-1', 'blocks.1-2', 'hidden'], REUSE)).toEqual(['reuse hidden']);
  });

  it.each(['embed', 'head', 'blocks.3-4', 'blocks.2-1'])('%s cannot be forecast', (site) => {
    expect(() => resolve([site], REUSE)).toThrow(
      `site must be a site that can be forecast, got "${site}"`,
    );
  });
});

describe('isComputed', () => {
  it('is false for a site that is skipped or lies within one', () => {
    const plan = resolve(['blocks.1-2'], REUSE);
    const computed = [
      'blocks.0.mlp',
      'blocks.1.mlp',
      'blocks.2-2',
      'blocks.1-2',
      'blocks.0-3',
      'hidden',
      'output',
    ].filter((site) => isComputed(LAYOUT, plan, site));
    expect(computed).toEqual(['blocks.0.mlp', 'blocks.0-3', 'hidden', 'output']);
  });

  it('hidden is not within the residual of the whole stack, but that is within hidden', () => {
    expect(isComputed(LAYOUT, resolve(['blocks.0-3'], REUSE), 'hidden')).toBe(true);
    expect(isComputed(LAYOUT, resolve(['hidden'], REUSE), 'blocks.0-3')).toBe(false);
  });
});
