import { invalidArgument } from '@forecache/core';

const REGION_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Throws unless `value` names a file inside a shared directory: never a path, never hidden. */
export function assertRegionName(name: string, value: string): void {
  if (REGION_NAME.test(value)) return;
  throw invalidArgument(name, 'a file name of 1 to 64 characters of [a-z0-9-]', value);
}
