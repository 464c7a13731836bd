import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import {
  cacheServiceDefinition,
  LOADER_OPTIONS,
  modelHostServiceDefinition,
  packageDefinition,
} from './definitions.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/generate-types.mjs', import.meta.url));

function generateTypes(flag: string): string {
  return execFileSync(process.execPath, [SCRIPT, flag], { encoding: 'utf8' });
}

describe('generated types', () => {
  it('are what the protos say now', () => {
    expect(() => generateTypes('--check')).not.toThrow();
  });

  it('come from the options that messages are loaded with', () => {
    const { longs, enums, defaults, oneofs } = LOADER_OPTIONS;
    expect({ longs, enums, defaults, oneofs }).toEqual({
      longs: Number,
      enums: String,
      defaults: true,
      oneofs: true,
    });
    const flags = generateTypes('--flags').split('\n');
    expect(flags.slice(0, 4)).toEqual([
      '--longs=Number',
      '--enums=String',
      '--defaults',
      '--oneofs',
    ]);
  });
});

describe('loaded definitions', () => {
  it('have every method of both services', () => {
    expect(Object.keys(cacheServiceDefinition())).toEqual([
      'OpenRun',
      'Decide',
      'Intercept',
      'RunNetwork',
      'Report',
      'CloseRun',
      'WatchRuns',
      'ListPolicies',
      'ListModels',
      'GetStatistics',
    ]);
    expect(Object.keys(modelHostServiceDefinition())).toEqual([
      'Describe',
      'BeginRun',
      'Forward',
      'Combine',
      'Measure',
      'RunCall',
      'EndRun',
    ]);
  });

  it('are read once', () => {
    expect(packageDefinition()).toBe(packageDefinition());
  });
});
