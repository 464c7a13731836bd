import assert from 'node:assert/strict';

import { sitesOfGranularity, transformerLayout } from '../model-host/transformer-layout.js';
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
    title: 'sites are in walk order: embed, modulation, the branches, hidden, head, output',
    async run(host) {
      const description = await host.describe();
      const branches = transformerLayout(description).branches.map(({ name }) => name);
      const names = description.sites.map(({ name }) => name);
      assert.deepEqual(names, ['embed', 'modulation', ...branches, 'hidden', 'head', 'output']);
    },
  },
  {
    title: 'every forwardable site costs something; hidden and output cost nothing of their own',
    async run(host) {
      for (const { name, flops, isForwardable } of (await host.describe()).sites) {
        assert.equal(isForwardable, name !== 'hidden' && name !== 'output', name);
        assert.equal(flops > 0, isForwardable, name);
      }
    },
  },
  {
    title: 'granularities module, hidden and output have sites',
    async run(host) {
      const description = await host.describe();
      assert.deepEqual(sitesOfGranularity(description, 'hidden'), ['hidden']);
      assert.deepEqual(sitesOfGranularity(description, 'output'), ['output']);
      assert.ok(sitesOfGranularity(description, 'module').length >= 2);
    },
  },
];
