import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callFlops, featureBytes, fullCallFlops, layerTable, listModels } from './index.js';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8').replace(/ +/g, ' ');

it.each(listModels())('README tells the numbers of $name', ({ name }) => {
  const table = layerTable(name);
  const cells = [
    `\`${name}\``,
    String(table.branches),
    (fullCallFlops(table) / 1e12).toPrecision(5),
    (callFlops(table, () => 'none') / 1e12).toPrecision(3),
    (featureBytes(table, 'module') / 1e9).toPrecision(3),
  ];
  expect(readme).toContain(`| ${cells.join(' | ')} |`);
});
