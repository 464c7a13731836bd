import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePng } from '@forecache/evaluation';
import { generate, readRun, run, temporaryDirectory, type RunJson } from './forecache-process.js';

jest.setTimeout(180_000);

const directory = temporaryDirectory();
afterAll(directory.remove);

const few = ['--count', '2', '--steps', '5', '--seed', '7'];
const make = (...args: string[]) => generate(directory.path, ...few, ...args);
let reference: RunJson;
beforeAll(async () => void (reference = await make('--mode', 'local')));

const hashes = ({ images }: RunJson) => images.map(({ sha256 }) => sha256);

describe('forecache generate', () => {
  it.each([
    ['intercept', 'shared', 'module'],
    ['intercept', 'inline', 'change'],
    ['proxy', 'shared', 'residual'],
    ['plan', 'inline', 'block'],
  ])(
    'in mode %s (%s, %s) at interval 1 is bit-identical to the model alone',
    async (mode, transfer, granularity) => {
      const args = ['--mode', mode, '--transfer', transfer, '--granularity', granularity];
      const off = await make('--interval', '1', ...args);
      expect(hashes(off)).toEqual(hashes(reference));
      expect(off).toMatchObject({ fullCalls: 5, forecastCalls: 0, fallback: null });
    },
  );

  it('counts feature calls: 16 branches and 3 others a full call, 16 forecasts a forecast call', async () => {
    const { features } = await make('--interval', '2', '--warmup', '2');
    expect(features).toEqual({ forwarded: 3 * 19 + 2 * 3, forecast: 2 * 16, partial: 0 });
  });

  it('runs a policy that measures, in processes of their own, with the same images in every mode', async () => {
    const policy = ['--policy', 'easycache', '--threshold', '0.5', '--warmup', '2'];
    const plan = await make('--mode', 'plan', ...policy);
    expect(plan.calls).toEqual(['full', 'full', 'reuse', 'reuse', 'full']);
    expect(plan.granularity).toBe('change');
    for (const mode of ['intercept', 'proxy']) {
      const other = await make('--mode', mode, ...policy);
      expect(other.calls).toEqual(plan.calls);
      expect(hashes(other)).toEqual(hashes(plan));
    }
    expect(hashes(plan)).not.toEqual(hashes(reference));
  });

  it('takes fewer steps when the policy says so', async () => {
    const short = await make('--policy', 'fewer-steps', '--option', 'steps=3');
    const three = await make('--steps', '3', '--mode', 'local');
    expect(hashes(short)).toEqual(hashes(three));
    expect(short.calls).toEqual(['full', 'full', 'full']);
  });

  it.each(['ab2', 'dpmpp-2m', 'unipc', 'euler-ancestral'])(
    'runs %s with shifted times through a sidecar as without',
    async (sampler) => {
      const shifted = ['--sampler', sampler, '--shift', '3'];
      const local = await make('--mode', 'local', ...shifted);
      const proxied = await make('--mode', 'proxy', '--interval', '1', ...shifted);
      expect(hashes(proxied)).toEqual(hashes(local));
      expect(hashes(local)).not.toEqual(hashes(reference));
      expect(local).toMatchObject({ sampler, shift: 3, steps: 5, fullCalls: 5 });
    },
  );

  it('runs heun, two calls a step less one, by plan', async () => {
    const heun = ['--sampler', 'heun', '--mode', 'plan'];
    const full = await make('--policy', 'full', ...heun);
    const local = await make('--sampler', 'heun', '--mode', 'local');
    expect(hashes(full)).toEqual(hashes(local));
    const short = await make('--policy', 'fewer-steps', '--option', 'steps=2', ...heun);
    expect([local.fullCalls, short.fullCalls]).toEqual([9, 3]);
    const cached = await make('--interval', '3', '--warmup', '1', ...heun);
    expect(cached.fullCalls).toBe(3);
  });

  it('makes image i from seed + i, whatever the batch', async () => {
    const local = ['--steps', '3', '--mode', 'local', '--class', 'dress', '--batch', '1'];
    const two = await generate(directory.path, ...local, '--count', '2', '--seed', '7');
    const second = await generate(directory.path, ...local, '--count', '1', '--seed', '8');
    expect(hashes(two)[1]).toBe(hashes(second)[0]);
  });

  it('writes pictures, a contact sheet and prints run.json', async () => {
    const out = join(directory.path, 'pictures');
    const { code, stdout } = await run(
      'generate',
      ...few,
      '--mode',
      'local',
      '--json',
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(readRun(out));
    const image = decodePng(readFileSync(join(out, 'image-0001.png')));
    expect([image.width, image.height, image.channels]).toEqual([28, 28, 1]);
    expect(decodePng(readFileSync(join(out, 'contact-sheet.png'))).width).toBeGreaterThan(28);
  });

  it('finishes in full compute when there is no sidecar at the address', async () => {
    const address = `unix:${join(directory.path, 'nobody.sock')}`;
    const out = join(directory.path, 'alone');
    const { stderr } = await run(
      'generate',
      ...few,
      '--batch',
      '1',
      '--sidecar',
      address,
      '--out',
      out,
    );
    expect(stderr.match(/warning: the sidecar is gone/g)).toHaveLength(1);
    const alone = readRun(out);
    expect(alone.fallback).toMatchObject({ run: 0, callIndex: 0 });
    const reference = await make('--mode', 'local', '--batch', '1');
    expect(hashes(alone)).toEqual(hashes(reference));
  });

  it('says in one line what is wrong with an address', async () => {
    const { code, stderr } = await run(
      'generate',
      '--out',
      join(directory.path, 'x'),
      '--sidecar',
      'nowhere',
    );
    expect([code, stderr]).toEqual([
      2,
      'error: address must be unix:/path or host:port, got "nowhere"\n',
    ]);
  });
});
