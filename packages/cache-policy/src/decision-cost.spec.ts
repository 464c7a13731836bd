import { hostFor, steps } from './conformance-walk.js';
import { createPolicy, listPolicies, type NetworkShape } from './index.js';

/** What a decision may cost, in microseconds: nothing beside a call of a network. */
const LIMIT_US = 50;

/** The one that solves an eigenvalue problem a call; as little as 0.1 ms where nothing else runs. */
const LIMITS_US: Readonly<Record<string, number>> = { dmd: 2000 };

/** FLUX's size: 57 blocks of two modules. */
const LARGE: NetworkShape = {
  blocks: 57,
  sites: Array.from({ length: 57 }, (_, block) =>
    (['attention', 'mlp'] as const).map((kind) => ({
      name: `blocks.${block}.${kind}`,
      kind,
      block,
      tokens: 4096,
    })),
  ).flat(),
};

const RUN = { steps: 50, calls: 50, network: LARGE };

/** Options that make a policy work as hard as it can. */
const HARD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fewer-steps': { steps: '50' },
  spectrum: { order: '8' },
  taylorseer: { order: '8' },
  toca: { schedule: 'flux' },
  duca: { schedule: 'flux' },
};

describe('a decision for a network of 57 blocks', () => {
  const limits = listPolicies().map(({ name }) => [name, LIMITS_US[name] ?? LIMIT_US] as const);

  it.each(limits)('of %s takes under %d us', (name, limit) => {
    const policy = createPolicy({ name, options: HARD[name] ?? {} });
    const questions = [...steps({ policy, run: RUN, host: hostFor(policy, RUN) })];
    const costs = Array.from({ length: 40 }, () => {
      const start = performance.now();
      for (const { context } of questions) policy.decide(context);
      return ((performance.now() - start) * 1000) / questions.length;
    });
    // The median: a busy machine slows some rounds down, and the first is not compiled yet.
    expect(costs.sort((a, b) => a - b)[20]).toBeLessThan(limit);
  });
});
