#!/usr/bin/env node
/**
 * Writes the README's table of results from docs/results/quickstart.json, which `npm run docs:results` makes.
 * `--check` fails instead when the README is stale. The numbers change from run to run; the README must say the
 * committed ones.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const readme = join(root, 'README.md');
const start = '<!-- prettier-ignore-start -->';
const end = '<!-- prettier-ignore-end -->';

const before = readFileSync(readme, 'utf8');
const from = before.indexOf(start);
const to = before.indexOf(end);
if (from < 0 || to < from) throw new Error(`README.md must have the markers ${start} and ${end}`);
const after = `${before.slice(0, from + start.length)}\n\n${render()}\n\n${before.slice(to)}`;
if (process.argv.includes('--check')) {
  if (before !== after) {
    console.error('the table in README.md is not that of docs/results/quickstart.json');
    process.exit(1);
  }
} else {
  writeFileSync(readme, after);
}

function render() {
  const report = JSON.parse(readFileSync(join(root, 'docs/results/quickstart.json'), 'utf8'));
  const { machine, count, steps, guidance, results, notes } = report;
  const header = ['policy', 'full / forecast calls', 'forwarded / forecast features'];
  header.push('wall', 'speed-up', 'PSNR', 'SSIM', 'right class');
  const rows = results.map((row) => [
    row.label,
    countCalls(row.actions),
    row.forwarded === null ? '–' : `${row.forwarded} / ${row.forecast}`,
    `${(row.wallMs / 1000).toFixed(2)} s`,
    speedup(row.speedup),
    decibels(row.psnr),
    row.ssim === null ? '–' : Number(row.ssim.mean).toFixed(3),
    `${Math.round(row.classAccuracy * 100)} %`,
  ]);
  const table = [header, header.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  const facts =
    `${count} images a row, ${steps} Euler steps, guidance ${guidance}; ${machine.processor}, ` +
    `Node ${machine.Node}, onnxruntime ${machine.onnxruntime}, ${machine.date.slice(0, 10)}.`;
  const [timing, overhead] = notes;
  return [...table, '', [facts, timing, overhead].join(' ')].join('\n');
}

function countCalls(actions) {
  const full = actions.filter((action) => action === 'full').length;
  return `${full} / ${actions.length - full}`;
}

function speedup(spread) {
  if (spread === null) return '–';
  const [mean, least, most] = [spread.mean, spread.smallest, spread.largest].map((x) =>
    x.toFixed(2),
  );
  return spread.count > 1 ? `${mean}× (${least}–${most})` : `${mean}×`;
}

/** JSON has no infinity: identical images have the text. */
function decibels(psnr) {
  if (psnr === null) return '–';
  return psnr.mean === 'Infinity' ? '∞' : `${psnr.mean.toFixed(1)} dB`;
}
