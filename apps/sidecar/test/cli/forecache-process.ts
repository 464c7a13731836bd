import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '../../dist/main.js');

/** How a command ended and what it wrote. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still running. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts the built program. */
export function start(...args: string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => (written.stdout += String(part)));
  child.stderr.on('data', (part) => (written.stderr += String(part)));
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, ...written }));
  });
  return { child, finished };
}

/** Runs the built program to its end. */
export function run(...args: string[]): Promise<Finished> {
  return start(...args).finished;
}

/** A directory for one test file; removed by the returned function. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'forecache-cli-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The parts of run.json that tests look at. */
export interface RunJson {
  readonly images: readonly { readonly file: string; readonly sha256: string }[];
  readonly granularity: string;
  readonly calls: readonly string[];
  readonly fullCalls: number;
  readonly forecastCalls: number;
  readonly partialCalls: number;
  readonly features: {
    readonly forwarded: number;
    readonly forecast: number;
    readonly partial: number;
  } | null;
  readonly fallback: { readonly callIndex: number; readonly reason: string } | null;
}

/** Generates into a fresh directory below `parent` and reads run.json. */
export async function generate(parent: string, ...args: string[]): Promise<RunJson> {
  const out = mkdtempSync(join(parent, 'out-'));
  const { code, stderr } = await run('generate', '--out', out, ...args);
  if (code !== 0) throw new Error(`generate ended with ${code}: ${stderr}`);
  return readRun(out);
}

/** run.json of an output directory. */
export function readRun(out: string): RunJson {
  return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunJson;
}

/** Process id of the child that runs a command of the program, e.g. `serve`. */
export function childRunning(parent: ChildProcess, command: string): number | null {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const line = stdout
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .find(([, ppid, ...args]) => Number(ppid) === parent.pid && args.includes(command));
  return line === undefined ? null : Number(line[0]);
}

/** The private directory of a running command's services, or null before and after. */
export function runDirectory(parent: ChildProcess): string | null {
  const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const name = readdirSync(root).find((entry) => entry.startsWith(`forecache-run-${parent.pid}-`));
  return name === undefined ? null : join(root, name);
}

/** Waits until a run is open: its shared file exists. */
export async function untilRunIsOpen({ child }: Running): Promise<void> {
  await until(() => {
    const directory = runDirectory(child);
    if (directory === null) return false;
    const shared = readdirSync(directory).find((name) => /^forecache-[a-z0-9]{16}$/.test(name));
    return shared !== undefined && readdirSync(join(directory, shared)).length > 1;
  });
}

/** Polls; fails loudly instead of hanging. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if (isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited a minute for nothing');
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
