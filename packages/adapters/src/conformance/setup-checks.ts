import type { RunSetup } from '../model-host/model-host.js';
import { transformerLayout } from '../model-host/transformer/transformer-layout.js';
import { assertRefused } from './assertions.js';
import type { ConformanceCheck } from './conformance-check.js';
import { openRun, probeOf } from './conformance-run.js';

type Refusal = readonly [
  change: Partial<RunSetup>,
  code: 'invalid-argument' | 'not-found',
  message: string,
];

/** Setups that no host takes, for a network of this depth. */
function refusals(depth: number): readonly Refusal[] {
  const one = ['hidden'];
  return [
    [
      { historySize: 10 },
      'invalid-argument',
      'setup.history_size must be an integer in 1..9, got 10',
    ],
    [{ sites: ['nothing'] }, 'not-found', 'site "nothing" is unknown to model '],
    [
      { sites: [`blocks.0-${depth}`] },
      'not-found',
      `site "blocks.0-${depth}" is unknown to model `,
    ],
    [
      { sites: ['embed'] },
      'invalid-argument',
      'setup.sites[0] must be a module, blocks.<first>-<last>, hidden, output or change, got "embed"',
    ],
    [
      { tokenCache: { sites: ['hidden'], score: 'influence' } },
      'invalid-argument',
      'setup.token_cache.sites[0] must be an attention or MLP module, got "hidden"',
    ],
    [
      { tokenCache: { sites: [], score: 'influence' } },
      'invalid-argument',
      'setup.token_cache.sites must be at least one site, got []',
    ],
    [
      { probes: [probeOf('input-change'), probeOf('input-change')] },
      'invalid-argument',
      'setup.probes[1].kind must be named once, got "input-change"',
    ],
    [
      { probes: [probeOf('first-blocks-change', { count: depth + 1 })] },
      'invalid-argument',
      `setup.probes[0].count must be an integer in 1..${depth}, got ${depth + 1}`,
    ],
    [
      { probes: [probeOf('feature-gram', { count: 2 })] },
      'invalid-argument',
      'setup.sites must be exactly one site for probe feature-gram, got ["blocks.0.attention", ',
    ],
    [
      { sites: one, historySize: 2, probes: [probeOf('feature-gram', { count: 3 })] },
      'invalid-argument',
      'setup.probes[0].count must be at most setup.history_size (2), got 3',
    ],
    [
      { probes: [probeOf('output-rate', { count: 1 })] },
      'invalid-argument',
      'setup.probes[0].count must be 0 for output-rate, got 1',
    ],
  ];
}

/** What BeginRun refuses. */
export const setupChecks: readonly ConformanceCheck[] = [
  {
    title: 'a setup that cannot be kept or measured is refused, naming field, rule and value',
    async run(host) {
      const { depth } = transformerLayout(await host.describe());
      const runId = 'bad-setup';
      for (const [setup, code, message] of refusals(depth)) {
        await assertRefused(openRun(host, { runId, setup }), code, startsWith(message));
      }
      await (await openRun(host, { runId })).run.end();
    },
  },
];

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
