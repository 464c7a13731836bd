import { fileURLToPath } from 'node:url';

import { loadSync } from '@grpc/proto-loader';
import type { Options, PackageDefinition } from '@grpc/proto-loader';

import type { CalibrationServiceDefinition } from '../gen/forecache/v1/CalibrationService.js';
import type { CacheServiceDefinition } from '../gen/forecache/v1/CacheService.js';
import type { ModelHostServiceDefinition } from '../gen/forecache/v1/ModelHostService.js';

/** The folder of the `.proto` files: three levels up from both `src/wire` and `dist/wire`. */
export const PROTO_DIRECTORY = fileURLToPath(new URL('../../../../protos', import.meta.url));

/** Must say what the flags in `scripts/generate-types.mjs` say; a test compares them. */
export const LOADER_OPTIONS: Options = Object.freeze({
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_DIRECTORY],
});

const FILES = [
  'forecache/v1/cache.proto',
  'forecache/v1/model_host.proto',
  'forecache/v1/calibration.proto',
];

/**
 * The one assertion: that a loaded service has the generated type. Both come from the same `.proto` files,
 * which the compiler cannot see.
 */
type LoadedDefinitions = PackageDefinition & {
  readonly 'forecache.v1.CacheService': CacheServiceDefinition;
  readonly 'forecache.v1.CalibrationService': CalibrationServiceDefinition;
  readonly 'forecache.v1.ModelHostService': ModelHostServiceDefinition;
};

let loaded: LoadedDefinitions | undefined;

function definitions(): LoadedDefinitions {
  loaded ??= loadSync(FILES, LOADER_OPTIONS) as LoadedDefinitions;
  return loaded;
}

/** Every message and service of `forecache.v1`, read once; for reflection and for the two below. */
export function packageDefinition(): PackageDefinition {
  return definitions();
}

/** The methods of `CacheService` with their serialisers. */
export function cacheServiceDefinition(): CacheServiceDefinition {
  return definitions()['forecache.v1.CacheService'];
}

/** The methods of `CalibrationService` with their serialisers. */
export function calibrationServiceDefinition(): CalibrationServiceDefinition {
  return definitions()['forecache.v1.CalibrationService'];
}

/** The methods of `ModelHostService` with their serialisers. */
export function modelHostServiceDefinition(): ModelHostServiceDefinition {
  return definitions()['forecache.v1.ModelHostService'];
}
