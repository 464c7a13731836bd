import assert from 'node:assert/strict';

import { sitesOfGranularity } from '../model-host/site-description.js';
import { transformerLayout } from '../model-host/transformer/transformer-layout.js';
import { isSameType } from '../tensor/tensor-type.js';
import type { ConformanceCheck } from './conformance-check.js';

/** What a host says about its model. */
export const descriptionChecks: readonly ConformanceCheck[] = [
  {
    title: 'describe answers the same twice',
    async run(host) {
      assert.deepEqual(await host.describe(), await host.describe());
    },
  },
  {
    title: 'sites are in walk order: embed, modulation, the branches, hidden, head, output, change',
    async run(host) {
      const description = await host.describe();
      const branches = transformerLayout(description).branches.map(({ name }) => name);
      const names = description.sites.map(({ name }) => name);
      const end = ['hidden', 'head', 'output', 'change'];
      assert.deepEqual(names, ['embed', 'modulation', ...branches, ...end]);
    },
  },
  {
    title: 'every forwardable site costs something; hidden, output and change nothing of their own',
    async run(host) {
      for (const { name, flops, isForwardable } of (await host.describe()).sites) {
        assert.equal(isForwardable, !['hidden', 'output', 'change'].includes(name), name);
        assert.equal(flops > 0, isForwardable, name);
      }
    },
  },
  {
    title: 'every granularity has sites, and change only stands where input and output are alike',
    async run(host) {
      const description = await host.describe();
      const { depth } = transformerLayout(description);
      assert.deepEqual(sitesOfGranularity(description, 'hidden'), ['hidden']);
      assert.deepEqual(sitesOfGranularity(description, 'output'), ['output']);
      assert.deepEqual(sitesOfGranularity(description, 'change'), ['change']);
      assert.ok(isSameType(description.input, description.output));
      assert.equal(sitesOfGranularity(description, 'module').length, 2 * depth);
      assert.equal(sitesOfGranularity(description, 'block').length, depth);
      assert.deepEqual(sitesOfGranularity(description, 'residual'), [`blocks.0-${depth - 1}`]);
    },
  },
];
