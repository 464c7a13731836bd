import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileModelHostOptions } from './model-host-options.js';
import { compileServeOptions, createHostLink } from './serve-options.js';

let runtime: string;
let env: Record<string, string>;

beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'forecache-test-'));
  env = { XDG_RUNTIME_DIR: runtime };
});

afterEach(() => rmSync(runtime, { recursive: true }));

test('the defaults: a private socket and the loopback port, 120 s, 64 runs', () => {
  const options = compileServeOptions({}, env);
  const socket = `unix:${join(runtime, 'forecache', 'sidecar.sock')}`;
  expect(options.listen).toEqual([socket, '127.0.0.1:50051']);
  expect(options).toMatchObject({ modelHosts: [], ttlMs: 120_000, logLevel: 'info' });
  expect(options.limits).toMatchObject({ maxRuns: 64, maxBytesPerRun: 2 ** 30 });
  expect(options.ready).toEqual({ file: null, isPrinted: false });
});

test('the command line comes before the environment, the environment before the default', () => {
  const both = { ...env, FORECACHE_TTL: '5', FORECACHE_MAX_RUNS: '7' };
  const options = compileServeOptions({ ttl: '9' }, both);
  expect(options.ttlMs).toBe(9000);
  expect(options.limits.maxRuns).toBe(7);
  const listed = compileServeOptions({}, { ...env, FORECACHE_LISTEN: 'unix:/a,localhost:1' });
  expect(listed.listen).toEqual(['unix:/a', 'localhost:1']);
});

describe('a bad value is named with its rule', () => {
  const cases: readonly [Parameters<typeof compileServeOptions>[0], string][] = [
    [{ ttl: '0' }, '--ttl must be an integer >= 1, got "0"'],
    [{ maxRuns: 'many' }, '--max-runs must be an integer >= 1, got "many"'],
    [{ maxRunBytes: '-1' }, '--max-run-bytes must be an integer >= 1, got "-1"'],
    [{ maxMessageBytes: '1.5' }, '--max-message-bytes must be an integer >= 1, got "1.5"'],
    [
      { logLevel: 'loud' },
      '--log-level must be one of trace, debug, info, warn, error, silent, got "loud"',
    ],
    [{ listen: ['nowhere'] }, 'address must be unix:/path or host:port, got "nowhere"'],
    [{ modelHost: ['nowhere'] }, 'address must be unix:/path or host:port, got "nowhere"'],
    [
      { listen: ['0.0.0.0:50051'] },
      '--listen must be a Unix socket or a loopback address (there is no authentication; allow others ' +
        'with --insecure-non-loopback), got "0.0.0.0:50051"',
    ],
  ];
  test.each(cases)('%j', (raw, message) => {
    expect(() => compileServeOptions(raw, env)).toThrow(message);
  });
});

test('an address that other machines reach needs the flag, on the command line or in the environment', () => {
  const listen = ['0.0.0.0:1', '192.168.0.7:2', '[::]:3'];
  for (const address of listen) {
    expect(() => compileModelHostOptions({ listen: [address] }, env)).toThrow('--listen must be');
  }
  expect(compileServeOptions({ listen, insecureNonLoopback: true }, env).listen).toEqual(listen);
  const allowed = { ...env, FORECACHE_INSECURE_NON_LOOPBACK: '1' };
  expect(compileServeOptions({ listen }, allowed).listen).toEqual(listen);
  const unclear = { ...env, FORECACHE_INSECURE_NON_LOOPBACK: 'yes' };
  expect(() => compileServeOptions({ listen }, unclear)).toThrow(
    'FORECACHE_INSECURE_NON_LOOPBACK must be "0" or "1", got "yes"',
  );
});

test.each([
  ['unix:/run/host.sock', true],
  ['127.0.0.1:1', true],
  ['localhost:1', true],
  ['[::1]:1', true],
  ['10.0.0.5:1', false],
])('a model host at %s shares files: %s', (address, isShared) => {
  const link = createHostLink(address, compileServeOptions({}, env));
  expect(link).toMatchObject({ address, sharesFiles: isShared });
});
