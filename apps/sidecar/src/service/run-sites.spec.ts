import type { Action, CallPlan, NetworkShape } from '@forecache/adapters';
import { createRunSites } from './run-sites.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };
const TOKENS: Action = {
  kind: 'partial',
  selection: { tokens: 1, stalenessWeight: 0, grid: 0, gridBonus: 0 },
};

const network: NetworkShape = {
  blocks: 3,
  sites: [0, 1, 2].flatMap((block) =>
    (['attention', 'mlp'] as const).map((kind) => {
      return { name: `blocks.${block}.${kind}`, kind, block, tokens: 4 };
    }),
  ),
};

function sitesOf(kept: readonly string[], byToken: readonly string[] = []) {
  const tokenCache = byToken.length === 0 ? null : { sites: byToken, score: 'random' as const };
  return createRunSites({ sites: kept, tokenCache }, network);
}

function plan(action: Action, exceptions: Record<string, Action> = {}): CallPlan {
  const entries = Object.entries(exceptions).map(([site, other]) => ({ site, action: other }));
  return { callIndex: 1, action, exceptions: entries };
}

test('decisions are about kept sites and those kept by token, and about nothing else', () => {
  const sites = sitesOf(['blocks.0.attention'], ['blocks.0.mlp']);
  const asked = ['blocks.0.attention', 'blocks.0.mlp', 'blocks.1.mlp', 'embed'];
  expect(asked.map(sites.isDecided)).toEqual([true, true, false, false]);
});

test('the plan’s action is for kept sites alone, an exception for its site', () => {
  const sites = sitesOf(['blocks.0.attention'], ['blocks.0.mlp']);
  const call = plan(REUSE, { 'blocks.0.mlp': TOKENS });
  expect(sites.actionInEffect(call, 'blocks.0.attention')).toBe(REUSE);
  expect(sites.actionInEffect(call, 'blocks.0.mlp')).toBe(TOKENS);
  expect(sites.actionInEffect(plan(REUSE), 'blocks.0.mlp')).toEqual(FULL);
});

test.each([
  ['blocks.1.mlp', 'blocks.1-1'],
  ['blocks.1.mlp', 'blocks.0-2'],
  ['blocks.0-1', 'blocks.0-2'],
  ['blocks.0-2', 'hidden'],
  ['blocks.2.attention', 'hidden'],
  ['hidden', 'output'],
  ['hidden', 'change'],
])('nothing happens at %s where %s around it is not computed', (inner, outer) => {
  const sites = sitesOf([inner, outer]);
  const call = plan(FULL, { [outer]: REUSE });
  expect(sites.actionInEffect(call, inner)).toBeNull();
  expect(sites.actionInEffect(call, outer)).toBe(REUSE);
});

test.each([
  ['blocks.2.mlp', 'blocks.0-1'],
  ['blocks.1-2', 'blocks.0-1'],
  ['hidden', 'blocks.0-2'],
  ['output', 'change'],
])('%s is computed where %s is not: it does not lie inside', (site, other) => {
  const sites = sitesOf([site, other]);
  expect(sites.actionInEffect(plan(FULL, { [other]: REUSE }), site)).toEqual(FULL);
});

test('a part of a site is computed in part: the site itself counts as computed', () => {
  const sites = sitesOf(['hidden'], ['blocks.0.mlp']);
  expect(sites.actionInEffect(plan(FULL, { 'blocks.0.mlp': TOKENS }), 'hidden')).toEqual(FULL);
});
