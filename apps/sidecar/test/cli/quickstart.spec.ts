import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, temporaryDirectory } from './forecache-process.js';

jest.setTimeout(240_000);

const directory = temporaryDirectory();
afterAll(directory.remove);

describe('forecache quickstart', () => {
  it('compares policies, proves that interception changes no bit, and says where everything is', async () => {
    const out = join(directory.path, 'quickstart');
    const { code, stdout, stderr } = await run(
      'quickstart',
      '--count',
      '2',
      '--steps',
      '8',
      '--rounds',
      '1',
      '--out',
      out,
    );
    expect({ code, errors: stderr.match(/^error.*$/m) }).toEqual({ code: 0, errors: null });
    expect(stdout).toContain(
      'Full compute through interception is bit-identical to the model without a sidecar.',
    );
    expect(stdout).toContain('No Fréchet distance: it needs at least 500 images (--count).');
    const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as {
      bitIdenticalToDirect: boolean;
      results: { label: string; psnr: unknown; actions: string[] }[];
    };
    expect(results.bitIdenticalToDirect).toBe(true);
    expect(results.results).toHaveLength(11);
    expect(results.results.at(-2)).toMatchObject({
      label: 'TaylorSeer N=7 O=2',
      psnr: { count: 2 },
    });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
      '<h1>forecache quickstart</h1>',
    );
    expect(existsSync(join(out, 'contact-sheet.png'))).toBe(true);
    expect(stdout).toContain(join(out, 'report.html'));
  });
});
