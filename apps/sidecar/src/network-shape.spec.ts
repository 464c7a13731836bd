import { createInMemoryModelHost } from '@forecache/adapters';
import { networkShape } from './network-shape.js';

test('the shape of a described model names its modules in walk order, with their tokens', async () => {
  const description = await createInMemoryModelHost({ depth: 2, tokens: 3 }).describe();
  const module = (block: number, kind: 'attention' | 'mlp') => {
    return { name: `blocks.${block}.${kind}`, kind, block, tokens: 3 };
  };
  expect(networkShape(description)).toEqual({
    blocks: 2,
    sites: [module(0, 'attention'), module(0, 'mlp'), module(1, 'attention'), module(1, 'mlp')],
  });
});

test('tokens of several frames are all of a sample’s tokens', () => {
  const output = { dtype: 'float16', shape: [4, 25, 64] } as const;
  const site = { name: 's', kind: 'single', block: 1, input: output, output } as const;
  const shape = networkShape({ sites: [{ ...site, flops: 1, isForwardable: true }] });
  expect(shape).toEqual({
    blocks: 2,
    sites: [{ name: 's', kind: 'single', block: 1, tokens: 100 }],
  });
});

test('a model without modules has no blocks', () => {
  expect(networkShape({ sites: [] })).toEqual({ blocks: 0, sites: [] });
});
