import { weightsOf, type Action, type CallPlan } from '@forecache/adapters';
import { fullCallsBefore, isNeededLater } from './call-actions.js';
import { createRunSites } from './run-sites.js';

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };

const sites = createRunSites({ sites: ['s', 'other', 'hidden'], tokenCache: null }, null);

function forecast(...weights: number[]): Action {
  return { kind: 'forecast', weights };
}

function plan(...actions: Action[]): CallPlan[] {
  return actions.map((action, callIndex) => ({ callIndex, action, exceptions: [] }));
}

test('reuse is one weight of 1, a full call has none', () => {
  expect(weightsOf(REUSE)).toEqual([1]);
  expect(weightsOf(FULL)).toEqual([]);
  expect(weightsOf(forecast(2, -1))).toEqual([2, -1]);
});

test('the full calls before a call, newest first', () => {
  const calls = plan(FULL, FULL, REUSE, FULL, REUSE);
  const at = (callIndex: number, count: number) =>
    fullCallsBefore({ calls, sites, site: 's', callIndex }, count);
  expect(at(4, 2)).toEqual([3, 1]);
  expect(at(4, 9)).toEqual([3, 1, 0]);
  expect(at(0, 1)).toEqual([]);
});

test('an exception of one site counts for that site alone', () => {
  const calls = plan(FULL, REUSE, REUSE);
  const [first, second, third] = calls;
  if (first === undefined || second === undefined || third === undefined) throw new Error('short');
  const mixed = [first, { ...second, exceptions: [{ site: 's', action: FULL }] }, third];
  expect(fullCallsBefore({ calls: mixed, sites, site: 's', callIndex: 2 }, 2)).toEqual([1, 0]);
  expect(fullCallsBefore({ calls: mixed, sites, site: 'other', callIndex: 2 }, 2)).toEqual([0]);
});

test('a feature is needed as long as a later call has a weight for it', () => {
  // Call 0 is the second newest at call 2, and the third newest at call 4, which wants two.
  const calls = plan(FULL, FULL, forecast(2, -1), FULL, forecast(2, -1), FULL);
  const needed = calls.map((_, callIndex) =>
    isNeededLater({ calls, sites, site: 's', callIndex }, 2),
  );
  expect([needed[0], needed[1], needed[3], needed[5]]).toEqual([true, true, true, false]);
});

test('nothing is needed when nothing is forecast', () => {
  const calls = plan(FULL, FULL);
  expect(isNeededLater({ calls, sites, site: 's', callIndex: 0 }, 0)).toBe(false);
});

test('a call that skips the blocks leaves no feature inside, and needs none of them', () => {
  const network = {
    blocks: 1,
    sites: [{ name: 'blocks.0.mlp', kind: 'mlp', block: 0, tokens: 4 }],
  } as const;
  const nested = createRunSites({ sites: ['blocks.0.mlp', 'hidden'], tokenCache: null }, network);
  const skipped: CallPlan = {
    callIndex: 1,
    action: FULL,
    exceptions: [{ site: 'hidden', action: REUSE }],
  };
  const [first, , third] = plan(FULL, FULL, REUSE);
  if (first === undefined || third === undefined) throw new Error('short');
  const calls = [first, skipped, third];
  const at = (site: string, callIndex: number) => ({ calls, sites: nested, site, callIndex });
  expect(fullCallsBefore(at('blocks.0.mlp', 2), 2)).toEqual([0]);
  expect(isNeededLater(at('hidden', 0), 1)).toBe(true);
  // Call 2 reuses `hidden` around the module, so nobody asks for the module again.
  expect(isNeededLater(at('blocks.0.mlp', 0), 1)).toBe(false);
});
