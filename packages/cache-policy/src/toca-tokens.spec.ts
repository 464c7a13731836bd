import { ditNetwork, fluxNetwork } from '../test/networks.js';
import { TOCA_SCHEDULES, type ModuleKind } from './toca-schedules.js';
import {
  freshRatio,
  freshTokens,
  isRefreshed,
  tokenSites,
  type RatioSchedule,
} from './toca-tokens.js';

const { ddim50, ddpm250, pixart, flux, uniform } = TOCA_SCHEDULES;
const openSora = TOCA_SCHEDULES['open-sora'];

const KINDS: readonly ModuleKind[] = ['attention', 'cross-attention', 'mlp', 'single'];

/** The shares of layers of one kind in a stack of 28 blocks. */
function shares(
  schedule: RatioSchedule,
  at: { readonly kind: ModuleKind; readonly step: number; readonly calls: number },
  layers: readonly number[] = [0, 13, 27],
): number[] {
  return layers.map((layer) => freshRatio(schedule, { kind: at.kind, layer, lastLayer: 27 }, at));
}

describe('the tokens of DiT’s MLPs at r=0.07 in 50 steps', () => {
  it.each([
    [40, [0, 0, 0]],
    [37, [1, 1, 2]],
    [30, [21, 26, 32]],
    [20, [50, 62, 75]],
    [10, [78, 97, 118]],
    [0, [107, 133, 161]],
  ])('at step %i are %p of 256 in layers 0, 13 and 27', (step, tokens) => {
    const layers = shares(ddim50, { kind: 'mlp', step, calls: 50 });
    expect(layers.map((share) => freshTokens(share, 256))).toEqual(tokens);
  });
});

describe('the published share of tokens', () => {
  const published: [string, readonly number[], readonly number[]][] = [
    ...(
      [
        [249, [0.19, 0.109, 0.021]],
        [125, [0.315, 0.18, 0.035]],
        [0, [0.441, 0.252, 0.049]],
      ] as const
    ).map(([step, wanted]): [string, readonly number[], readonly number[]] => [
      `ddpm250, step ${step}`,
      shares(ddpm250, { kind: 'mlp', step, calls: 250 }),
      wanted,
    ]),
    ...(
      [
        [0, 'cross-attention', [0.547, 0.137]],
        [0, 'mlp', [1, 0.365]],
        [10, 'cross-attention', [0.288, 0.072]],
        [10, 'mlp', [0.768, 0.192]],
        [19, 'cross-attention', [0.055, 0.014]],
        // 0.3 * 1.6 * 0.19 * 1.6 and 0.3 * 0.4 * 0.19 * 1.6 = 0.03648
        [19, 'mlp', [0.146, 0.036]],
      ] as const
    ).map(([step, kind, wanted]): [string, readonly number[], readonly number[]] => [
      `pixart, ${kind}, step ${step}`,
      shares(pixart, { kind, step, calls: 20 }, [0, 27]),
      wanted,
    ]),
  ];

  it.each(published)('of %s', (_name, ratios, wanted) => {
    expect(ratios.map((ratio) => Number(ratio.toFixed(3)))).toEqual(wanted);
  });

  it('of FLUX counts layers from 0 in either stack, with one span of 27', () => {
    const sites = tokenSites(fluxNetwork());
    const at = (name: string) => {
      const site = sites.find((candidate) => candidate.name === name);
      if (site === undefined) throw new Error(`no ${name}`);
      return Number(freshRatio(flux, site, { step: 7, calls: 50 }).toFixed(4));
    };
    expect(['blocks.0.image-mlp', 'blocks.18.text-mlp'].map(at)).toEqual([0.06, 0.0333]);
    const singles = ['blocks.19.single', 'blocks.37.single', 'blocks.56.single'];
    expect(singles.map(at)).toEqual([0.24, 0.1333, 0.0207]);
  });

  it('of Open-Sora’s MLPs is 0.1495 everywhere', () => {
    const ratios = shares(openSora, { kind: 'mlp', step: 4, calls: 30 });
    expect(ratios.map((ratio) => Number(ratio.toFixed(9)))).toEqual([0.1495, 0.1495, 0.1495]);
  });
});

describe('the share of tokens', () => {
  it('is the ratio at every layer, step and module under uniform', () => {
    for (const kind of KINDS) {
      const everywhere = [0, 29].flatMap((step) => shares(uniform, { kind, step, calls: 30 }));
      expect(new Set(everywhere)).toEqual(new Set([0.1]));
    }
  });

  it('stays between 0 and 1', () => {
    expect(shares({ ...ddim50, ratio: 1 }, { kind: 'mlp', step: 49, calls: 50 })).toEqual([
      0, 0, 0,
    ]);
    expect(shares({ ...ddim50, ratio: 1 }, { kind: 'mlp', step: 0, calls: 50 })).toEqual([1, 1, 1]);
  });

  it('spans the stack it is in: the last of 6 blocks has the weight of DiT’s last', () => {
    const [first, last] = [0, 5].map((layer) =>
      freshRatio(ddim50, { kind: 'mlp', layer, lastLayer: 5 }, { step: 25, calls: 50 }),
    );
    const published = shares(ddim50, { kind: 'mlp', step: 25, calls: 50 }, [0, 27]);
    expect([first, last]).toEqual(published);
  });

  it('is defined for one block', () => {
    const [site] = tokenSites(ditNetwork(1));
    expect(site).toMatchObject({ layer: 0, lastLayer: 1 });
  });
});

describe('a share of tokens', () => {
  it('is cut off to a whole number', () => {
    expect(freshTokens(0.999, 10)).toBe(9);
    expect(freshTokens(1, 256)).toBe(256);
    expect(freshTokens(0, 256)).toBe(0);
  });

  it('is counted in float32: a share that is short of a whole by a rounding error of float64 is whole', () => {
    expect(Math.trunc(0.29 * 100)).toBe(28);
    expect(freshTokens(0.29, 100)).toBe(29);
  });
});

describe('modules that are computed in part', () => {
  it.each([
    ['ddim50', ddim50, ['cross-attention', 'mlp', 'single']],
    ['pixart', pixart, ['cross-attention', 'mlp', 'single']],
    ['flux', flux, ['cross-attention', 'mlp', 'single']],
    ['open-sora', openSora, ['mlp', 'single']],
    ['uniform', uniform, KINDS],
    ['any schedule at ratio 0', { ...uniform, ratio: 0 }, []],
  ] as const)('under %s are %p', (_name, schedule, kinds) => {
    expect(KINDS.filter((kind) => isRefreshed(schedule, kind))).toEqual(kinds);
  });
});
