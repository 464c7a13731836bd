import { createInMemoryNetwork } from './transformer/in-memory-network.js';
import type { ModelDescription, SiteKind } from './model-host.js';
import {
  describeSite,
  residualRange,
  residualSite,
  sitesOfGranularity,
} from './site-description.js';

const MODEL: ModelDescription = { hostId: 'h', ...createInMemoryNetwork({ depth: 3 }).description };

describe('residualRange', () => {
  it.each([
    ['blocks.0-0', 0, 0],
    ['blocks.4-17', 4, 17],
    ['blocks.7-3', 7, 3],
  ])('%s is a range', (name, first, last) => {
    expect(residualRange(name)).toEqual({ first, last });
    expect(residualSite({ first, last })).toBe(name);
  });

  it.each(['blocks.0.mlp', 'hidden', 'blocks.0', 'blocks.01-2', 'blocks.-1-2', 'xblocks.0-1', ''])(
    '%j is none',
    (name) => {
      expect(residualRange(name)).toBeNull();
    },
  );
});

describe('describeSite', () => {
  it('knows the residual of any range of blocks: the type of hidden, free, not forwardable', () => {
    expect(describeSite(MODEL, 'blocks.1-2')).toEqual({
      name: 'blocks.1-2',
      kind: 'residual',
      block: 1,
      input: null,
      output: { dtype: 'float32', shape: [3, 4] },
      flops: 0,
      isForwardable: false,
    });
  });

  it('knows the sites that the host lists', () => {
    for (const site of MODEL.sites) expect(describeSite(MODEL, site.name)).toBe(site);
  });

  it.each(['blocks.2-3', 'blocks.2-1', 'blocks.3.mlp', 'nothing'])('%s is not found', (name) => {
    expect(() => describeSite(MODEL, name)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `site "${name}" is unknown to model in-memory`,
      }),
    );
  });
});

describe('sitesOfGranularity', () => {
  it('are the modules, the residuals of blocks, that of the stack, or the end of the network', () => {
    expect(sitesOfGranularity(MODEL, 'module')).toHaveLength(6);
    expect(sitesOfGranularity(MODEL, 'block')).toEqual(['blocks.0-0', 'blocks.1-1', 'blocks.2-2']);
    expect(sitesOfGranularity(MODEL, 'residual')).toEqual(['blocks.0-2']);
    expect(sitesOfGranularity(MODEL, 'hidden')).toEqual(['hidden']);
    expect(sitesOfGranularity(MODEL, 'output')).toEqual(['output']);
    expect(sitesOfGranularity(MODEL, 'change')).toEqual(['change']);
  });

  it('count blocks whose two branches are one module, or whose attention has a second one', () => {
    const [like] = MODEL.sites;
    if (like === undefined) throw new Error('the model has no sites');
    const site = (kind: SiteKind, block: number) => ({
      ...like,
      name: `${block}.${kind}`,
      kind,
      block,
    });
    const sites = [
      site('attention', 0),
      site('cross-attention', 0),
      site('mlp', 0),
      site('single', 1),
      { ...site('hidden', 1), name: 'hidden' },
    ];
    const model = { ...MODEL, sites };
    expect(sitesOfGranularity(model, 'module')).toHaveLength(4);
    expect(sitesOfGranularity(model, 'residual')).toEqual(['blocks.0-1']);
    expect(describeSite(model, 'blocks.1-1').kind).toBe('residual');
  });

  it.each(['module', 'block', 'residual', 'change'] as const)(
    'a model without sites of granularity %s is told',
    (granularity) => {
      const sites = MODEL.sites.filter(({ kind }) => kind === 'embed' || kind === 'head');
      expect(() => sitesOfGranularity({ ...MODEL, sites }, granularity)).toThrow(
        `model in-memory has no sites of granularity ${granularity}`,
      );
    },
  );
});
