import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes the TypeScript types of `protos/` to `src/gen`. With `--check` it writes nothing and fails when
 * they are stale; with `--flags` it prints the generator's flags, which a test compares with the runtime
 * loader's options (`src/wire/definitions.ts`).
 */
const FLAGS = [
  '--longs=Number',
  '--enums=String',
  '--defaults',
  '--oneofs',
  '--grpcLib=@grpc/grpc-js',
  '--importFileExtension=.js',
];
const FILES = [
  'forecache/v1/cache.proto',
  'forecache/v1/model_host.proto',
  'forecache/v1/calibration.proto',
];

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const workspaceRoot = resolve(packageRoot, '../..');
const committed = join(packageRoot, 'src/gen');

function generate(outDir) {
  const loader = createRequire(import.meta.url).resolve('@grpc/proto-loader/package.json');
  const generator = join(dirname(loader), 'build/bin/proto-loader-gen-types.js');
  const args = [generator, ...FLAGS, '-I', 'protos', '-O', outDir, ...FILES];
  execFileSync(process.execPath, args, { cwd: workspaceRoot, stdio: ['ignore', 'ignore', 'pipe'] });
}

function contents(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  return new Map(paths.map((path) => [path.slice(directory.length), readFileSync(path, 'utf8')]));
}

function staleFiles() {
  const temporary = mkdtempSync(join(tmpdir(), 'generate-types-'));
  try {
    generate(temporary);
    const fresh = contents(temporary);
    const old = contents(committed);
    const names = new Set([...fresh.keys(), ...old.keys()]);
    return [...names].filter((name) => fresh.get(name) !== old.get(name));
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

if (process.argv.includes('--flags')) {
  process.stdout.write(`${FLAGS.join('\n')}\n`);
} else if (process.argv.includes('--check')) {
  const stale = staleFiles();
  if (stale.length > 0) {
    const some = stale.slice(0, 5).join(', ');
    process.stderr.write(`src/gen is stale (${stale.length} files: ${some}), run npm run gen\n`);
    process.exit(1);
  }
} else {
  rmSync(committed, { recursive: true, force: true });
  generate(committed);
}
