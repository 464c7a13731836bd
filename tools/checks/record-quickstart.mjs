#!/usr/bin/env node
/** Runs the quickstart as the README shows it, and keeps its numbers and its contact sheet in docs/results. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'out', 'recorded');
const results = join(root, 'docs', 'results');
const main = join(root, 'apps/sidecar/dist/main.js');
const options = ['--count', '64', '--rounds', '3', '--out', out];

execFileSync('node', [main, 'quickstart', ...options], { stdio: 'inherit' });
mkdirSync(results, { recursive: true });
copyFileSync(join(out, 'results.json'), join(results, 'quickstart.json'));
copyFileSync(join(out, 'contact-sheet.png'), join(results, 'quickstart.png'));
