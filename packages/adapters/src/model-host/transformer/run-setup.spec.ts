import { NO_SETUP } from '../../wire/setup-messages.js';
import { createInMemoryNetwork } from './in-memory-network.js';
import type { ModelDescription, Probe, RunSetup } from '../model-host.js';
import { assertRunSetup } from './run-setup.js';

/** Two blocks, six tokens. */
const MODEL: ModelDescription = {
  hostId: 'h',
  ...createInMemoryNetwork({ tokens: 6 }).description,
};

function checked(change: Partial<RunSetup>): () => void {
  return () => assertRunSetup({ ...NO_SETUP, ...change }, MODEL);
}

function probe(kind: Probe['kind'], change: Partial<Probe> = {}): Probe {
  return { kind, count: 0, site: '', ...change };
}

describe('assertRunSetup', () => {
  it.each<[string, Partial<RunSetup>]>([
    ['nothing', {}],
    [
      'every kind of site that can be kept',
      {
        sites: ['blocks.0.attention', 'blocks.1.mlp', 'blocks.0-1', 'hidden', 'output', 'change'],
        historySize: 9,
      },
    ],
    ['modules by token', { tokenCache: { sites: ['blocks.0.mlp'], score: 'random' } }],
    [
      'every probe at its limits',
      {
        sites: ['hidden'],
        historySize: 9,
        probes: [
          probe('modulated-input-change'),
          probe('conditioning-change'),
          probe('input-change'),
          probe('first-blocks-change', { count: 2 }),
          probe('output-rate'),
          probe('feature-change', { site: 'change' }),
          probe('feature-motion', { site: 'blocks.0-0', count: 3 }),
          probe('feature-gram', { count: 9 }),
        ],
      },
    ],
  ])('accepts %s', (_, change) => {
    expect(checked(change)).not.toThrow();
  });

  const KEPT = 'a module, blocks.<first>-<last>, hidden, output or change';
  const FRAME = "tokens of a frame: a divisor of the site's 6 tokens, and less than them";
  const probes = (...each: readonly Probe[]) => ({ probes: each });
  const gram = (count: number, change: Partial<RunSetup> = {}) => ({
    sites: ['hidden'],
    historySize: 4,
    ...probes(probe('feature-gram', { count })),
    ...change,
  });

  it.each<[string, Partial<RunSetup>]>([
    ['setup.history_size must be an integer in 1..9, got 0', { historySize: 0 }],
    ['setup.history_size must be an integer in 1..9, got 10', { historySize: 10 }],
    ['setup.history_size must be an integer in 1..9, got NaN', { historySize: NaN }],
    ['site "blocks.1-2" is unknown to model in-memory', { sites: ['blocks.1-2'] }],
    [`setup.sites[1] must be ${KEPT}, got "head"`, { sites: ['hidden', 'head'] }],
    ['setup.sites[1] must be named once, got "hidden"', { sites: ['hidden', 'hidden'] }],
    [
      'setup.token_cache.sites must be at least one site, got []',
      { tokenCache: { sites: [], score: 'influence' } },
    ],
    [
      'setup.token_cache.sites[0] must be an attention or MLP module, got "blocks.0-0"',
      { tokenCache: { sites: ['blocks.0-0'], score: 'influence' } },
    ],
    [
      'setup.token_cache.sites[1] must be named once, got "blocks.0.mlp"',
      { tokenCache: { sites: ['blocks.0.mlp', 'blocks.0.mlp'], score: 'influence' } },
    ],
    [
      'setup.probes[1].kind must be named once, got "output-rate"',
      probes(probe('output-rate'), probe('output-rate')),
    ],
    [
      'setup.probes[0].count must be 0 for input-change, got 1',
      probes(probe('input-change', { count: 1 })),
    ],
    [
      'setup.probes[0].site must be empty for output-rate, got "hidden"',
      probes(probe('output-rate', { site: 'hidden' })),
    ],
    [
      'setup.probes[0].count must be an integer in 1..2, got 0',
      probes(probe('first-blocks-change')),
    ],
    [
      'setup.probes[0].count must be an integer in 1..2, got 3',
      probes(probe('first-blocks-change', { count: 3 })),
    ],
    ['site "" is unknown to model in-memory', probes(probe('feature-change'))],
    [
      `setup.probes[0].site must be ${KEPT}, got "embed"`,
      probes(probe('feature-change', { site: 'embed' })),
    ],
    [
      'setup.probes[0].count must be 0 for feature-change, got 2',
      probes(probe('feature-change', { site: 'hidden', count: 2 })),
    ],
    [
      'setup.probes[0].site must be a module, blocks.<first>-<last> or hidden, got "output"',
      probes(probe('feature-motion', { site: 'output', count: 1 })),
    ],
    ...[0, 4, 6, 1.5].map((count): [string, Partial<RunSetup>] => [
      `setup.probes[0].count must be ${FRAME}, got ${count}`,
      probes(probe('feature-motion', { site: 'hidden', count })),
    ]),
    ['setup.probes[0].count must be an integer in 2..9, got 1', gram(1)],
    ['setup.probes[0].count must be an integer in 2..9, got 10', gram(10)],
    ['setup.probes[0].count must be at most setup.history_size (4), got 5', gram(5)],
    ['setup.sites must be exactly one site for probe feature-gram, got []', gram(2, { sites: [] })],
    [
      'setup.sites must be exactly one site for probe feature-gram, got ["hidden", "output"]',
      gram(2, { sites: ['hidden', 'output'] }),
    ],
  ])('%s', (message, change) => {
    expect(checked(change)).toThrow(message);
  });
});
