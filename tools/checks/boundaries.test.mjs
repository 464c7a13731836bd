/**
 * Lints one import for every ordered pair of packages and expects an error exactly where docs/architecture.md
 * draws no arrow.
 */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

const root = resolve(import.meta.dirname, '../..');
const folders = {
  core: 'packages/core',
  'cache-policy': 'packages/cache-policy',
  'model-catalog': 'packages/model-catalog',
  adapters: 'packages/adapters',
  evaluation: 'packages/evaluation',
  'demo-model': 'packages/demo-model',
  sidecar: 'apps/sidecar',
};
const drawn = {
  core: [],
  'cache-policy': ['core'],
  'model-catalog': [],
  adapters: ['core'],
  evaluation: ['core'],
  'demo-model': [],
  sidecar: ['core', 'cache-policy', 'model-catalog', 'adapters', 'evaluation', 'demo-model'],
};

// The boundary rule reads the cached project graph, and is skipped without one.
before(() => createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true }));

const eslint = new ESLint({ cwd: root, errorOnUnmatchedPattern: false });

for (const [source, folder] of Object.entries(folders)) {
  for (const target of Object.keys(folders)) {
    if (source === target) continue;
    const isDrawn = drawn[source].includes(target);
    test(`${source} ${isDrawn ? 'may' : 'may not'} import ${target}`, async () => {
      const code = `import { anything } from '@forecache/${target}';\nexport const used = anything;\n`;
      const [result] = await eslint.lintText(code, {
        filePath: join(root, folder, 'src/index.ts'),
      });
      const rules = result.messages.map((message) => message.ruleId);
      const rejected =
        rules.includes('@nx/enforce-module-boundaries') || rules.includes('no-restricted-imports');
      assert.equal(rejected, !isDrawn, JSON.stringify(result.messages));
    });
  }
}

test('core may not import a node module', async () => {
  const code = "import { readFileSync } from 'node:fs';\nexport const used = readFileSync;\n";
  const [result] = await eslint.lintText(code, {
    filePath: join(root, 'packages/core/src/index.ts'),
  });
  assert.ok(result.messages.some((message) => message.ruleId === 'no-restricted-imports'));
});
