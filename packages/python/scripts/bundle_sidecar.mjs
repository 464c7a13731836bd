// Copies the built sidecar with the packages it runs on into src/forecache/_sidecar, so that a wheel can start it
// with nothing but Node. `forecache serve` in plan mode needs no ONNX Runtime (288 MB): a stub that says so
// stands in for it. Usage: node scripts/bundle_sidecar.mjs [folder], after `nx build @forecache/sidecar`.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const SHIPPED = fileURLToPath(new URL('../src/forecache/_sidecar', import.meta.url));
const TARGET = resolve(process.argv[2] ?? SHIPPED);

const LEFT_OUT = /(\.d\.[cm]?ts|\.map|\.tsbuildinfo|\.md|\.onnx|\.png|\.html)$/;
const FOLDERS_LEFT_OUT = new Set([
  'node_modules',
  'test',
  'tests',
  'docs',
  'examples',
  'bench',
  'benchmarks',
]);

const STUBS = {
  'onnxruntime-node': `export class InferenceSession {
  static create() {
    throw new Error('this sidecar has no ONNX Runtime: it serves plans, not models');
  }
}
export class Tensor {}
export const env = {};
`,
};

/** The folder of a package as Node finds it from another package's folder. */
function findPackage(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed, needed by ${from}`);
  }
}

/** Copies what runs. Of our own packages that is package.json, dist and presets. */
function copyPackage(source, target) {
  const isOurs = !relative(REPOSITORY, source).startsWith(`node_modules${sep}`);
  const filter = (path) => {
    const [first = ''] = relative(source, path).split(sep);
    if (path !== source && FOLDERS_LEFT_OUT.has(basename(path))) return false;
    if (isOurs && !['', 'package.json', 'dist', 'presets'].includes(first)) return false;
    return !LEFT_OUT.test(path);
  };
  cpSync(source, target, { recursive: true, filter, dereference: true });
}

/** Puts a package and what it depends on below `modules`; another version than the one there goes below its user. */
function install(name, from, modules) {
  const shared = join(TARGET, 'node_modules', name);
  if (name in STUBS) return writeStub(name, shared);
  const source = findPackage(name, from);
  const { version, dependencies = {} } = readPackage(source);
  const isTaken = existsSync(shared);
  if (isTaken && readPackage(shared).version === version) return;
  const target = isTaken ? join(modules, name) : shared;
  if (existsSync(target)) return;
  copyPackage(source, target);
  for (const dependency of Object.keys(dependencies)) {
    install(dependency, source, join(target, 'node_modules'));
  }
}

function writeStub(name, target) {
  mkdirSync(target, { recursive: true });
  writeFileSync(
    join(target, 'package.json'),
    JSON.stringify({ name, version: '0.0.0', type: 'module', main: 'index.js' }),
  );
  writeFileSync(join(target, 'index.js'), STUBS[name]);
}

function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

const sidecar = join(REPOSITORY, 'apps', 'sidecar');
if (!existsSync(join(sidecar, 'dist', 'main.js'))) {
  throw new Error('apps/sidecar/dist is missing: run nx build @forecache/sidecar first');
}
rmSync(TARGET, { recursive: true, force: true });
install('@forecache/sidecar', join(REPOSITORY, 'packages', 'python'), join(TARGET, 'node_modules'));
// packages/adapters looks for the protos four folders above its code.
cpSync(
  join(REPOSITORY, 'protos', 'forecache'),
  join(TARGET, 'node_modules', 'protos', 'forecache'),
  {
    recursive: true,
  },
);
writeFileSync(
  join(TARGET, 'main.mjs'),
  `import './node_modules/@forecache/sidecar/dist/main.js';\n`,
);
