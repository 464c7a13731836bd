import type { CallPlan, Scalars } from '@forecache/adapters';
import { createCallMemo, type CallQuestion, type CallResult } from './call-memo.js';

/** Full where nothing is full yet or `change` is large; notes what it is asked and told. */
function notingPolicy() {
  const asked: CallQuestion[] = [];
  const told: [number, CallResult][] = [];
  const policy = {
    decide(question: CallQuestion): CallPlan {
      asked.push(question);
      const { callIndex, fullCalls, scalars } = question;
      const isSmall = (scalars['change'] ?? 1) < 0.5;
      const kind = fullCalls.length > 0 && isSmall ? 'reuse' : 'full';
      return { callIndex, action: { kind }, exceptions: [] };
    },
    observe: ({ callIndex }: CallQuestion, result: CallResult) =>
      void told.push([callIndex, result]),
  };
  return { memo: createCallMemo(policy), asked, told };
}

const at = (callIndex: number, branch = 'joint') => ({ branch, callIndex });
const small: Scalars = { change: 0.1 };

test('asked again with other numbers, a call has its first plan, and the policy is not asked', () => {
  const { memo, asked } = notingPolicy();
  memo.decide(at(0), {});
  const first = memo.decide(at(1), { change: 0.9 });
  expect(memo.decide(at(1), small)).toBe(first);
  expect(first.action.kind).toBe('full');
  expect(asked).toHaveLength(2);
});

test('a policy is told of every call once, in order, before the next one is decided', () => {
  const { memo, told } = notingPolicy();
  memo.decide(at(0), {});
  memo.report(at(0), { kind: 'full', scalars: { size: 1 } });
  memo.report(at(0), { kind: 'reuse', scalars: { size: 99 } });
  expect(told).toEqual([]);
  memo.decide(at(1), small);
  memo.decide(at(1), small);
  memo.report(at(1), { kind: 'reuse', scalars: { size: 2 } });
  memo.decide(at(2), small);
  expect(told).toEqual([
    [0, { kind: 'full', scalars: { size: 1 } }],
    [1, { kind: 'reuse', scalars: { size: 2 } }],
  ]);
});

test('without a report a call did what was decided; a report that is too late is lost', () => {
  const { memo, told } = notingPolicy();
  memo.decide(at(0), {});
  memo.decide(at(1), small);
  memo.report(at(0), { kind: 'full', scalars: { size: 1 } });
  memo.decide(at(2), small);
  expect(told).toEqual([
    [0, { kind: 'full', scalars: {} }],
    [1, { kind: 'reuse', scalars: {} }],
  ]);
});

test('a call that its host computed in full, whatever was decided, is a full call from then on', () => {
  const { memo, asked } = notingPolicy();
  memo.decide(at(0), {});
  memo.decide(at(1), small);
  memo.report(at(1), { kind: 'full', scalars: {} });
  memo.decide(at(2), small);
  expect(asked[2]?.fullCalls).toEqual([0, 1]);
});

test('a report of a call that nobody asked about changes nothing', () => {
  const { memo, told } = notingPolicy();
  memo.report(at(0), { kind: 'full', scalars: { size: 1 } });
  memo.decide(at(0), {});
  memo.decide(at(1), small);
  expect(told).toEqual([[0, { kind: 'full', scalars: {} }]]);
});

test('branches are decided, and told of, apart', () => {
  const { memo, told } = notingPolicy();
  memo.decide(at(0, 'cond'), {});
  expect(memo.decide(at(1, 'uncond'), small).action.kind).toBe('full');
  expect(memo.decide(at(1, 'cond'), small).action.kind).toBe('reuse');
  expect(told).toHaveLength(1);
  expect(memo.plansOf('uncond').map((plan) => plan?.callIndex)).toEqual([undefined, 1]);
});
