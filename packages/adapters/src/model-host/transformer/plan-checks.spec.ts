import { NO_SETUP } from '../../wire/setup-messages.js';
import { createInMemoryNetwork } from './in-memory-network.js';
import type { Action, CallPlan, ModelDescription, RunSetup } from '../model-host.js';
import { assertPlanFits } from './plan-checks.js';

/** Two blocks, three tokens. */
const MODEL: ModelDescription = { hostId: 'h', ...createInMemoryNetwork().description };

const FULL: Action = { kind: 'full' };
const REUSE: Action = { kind: 'reuse' };

function partial(tokens: number): Action {
  return { kind: 'partial', selection: { tokens, stalenessWeight: 0, grid: 0, gridBonus: 0 } };
}

/** Keeps one module, caches another by token. */
const SETUP: RunSetup = {
  ...NO_SETUP,
  sites: ['blocks.0.attention'],
  tokenCache: { sites: ['blocks.0.mlp'], score: 'influence' },
};

interface Checked {
  readonly site?: string;
  /** At `site`. Default reuse. */
  readonly other?: Action;
  readonly setup?: RunSetup;
}

function checked(action: Action, { site, other = REUSE, setup = SETUP }: Checked = {}): () => void {
  const exceptions = site === undefined ? [] : [{ site, action: other }];
  const plan: CallPlan = { callIndex: 0, action, exceptions };
  return () => assertPlanFits(plan, setup, MODEL);
}

describe('assertPlanFits', () => {
  it.each([
    [checked(FULL)],
    [checked(REUSE)],
    [checked(FULL, { site: 'blocks.0.attention' })],
    [checked(REUSE, { site: 'blocks.0.mlp', other: partial(0) })],
    [checked(REUSE, { site: 'blocks.0.mlp', other: partial(3) })],
    [checked(REUSE, { site: 'blocks.0.mlp', other: FULL })],
    [checked(FULL, { setup: NO_SETUP })],
  ])('accepts what the run can do %#', (check) => {
    expect(check).not.toThrow();
  });

  const both = { ...SETUP, sites: ['blocks.0.mlp'] };

  it.each([
    [
      'plan.action must be full in a run that keeps no sites, got "reuse"',
      checked(REUSE, { setup: NO_SETUP }),
    ],
    [
      'plan.exceptions[0].site must be one of the run\'s kept sites or its token cache, got "head"',
      checked(FULL, { site: 'head', other: FULL }),
    ],
    [
      'plan.exceptions[0].site must be one of the run\'s kept sites or its token cache, got "hidden"',
      checked(FULL, { site: 'hidden' }),
    ],
    [
      'site "nowhere" is unknown to model in-memory',
      checked(FULL, { site: 'nowhere', other: FULL }),
    ],
    [
      'plan.exceptions[0].action must be full or partial at site blocks.0.mlp, which the run does not keep, got "reuse"',
      checked(FULL, { site: 'blocks.0.mlp' }),
    ],
    [
      'plan.action must be other than partial at site blocks.0.attention, which is not in the token cache, got "partial"',
      checked(partial(1)),
    ],
    [
      'plan.exceptions[0].action.selection.tokens must be an integer in 0..3, got 4',
      checked(FULL, { site: 'blocks.0.mlp', other: partial(4) }),
    ],
    [
      'plan.action.selection.tokens must be an integer in 0..3, got 4',
      checked(partial(4), { setup: both }),
    ],
    [
      'plan.action.selection.tokens must be an integer >= 0, got -1',
      checked(partial(-1), { setup: both }),
    ],
  ])('%s', (message, check) => {
    expect(check).toThrow(message);
  });
});
