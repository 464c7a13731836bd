import type { FeatureDtype } from '@forecache/core';

/** Element type of any tensor on the wire; the integers are for a network's discrete inputs. */
export type TensorDtype = FeatureDtype | 'int32' | 'int64';

/** A range of a shared file. Mirrors `SharedRegion`. */
export interface SharedRegion {
  readonly name: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** A tensor that stays on the model host. Mirrors `HostHandle`. */
export interface HostHandle {
  readonly hostId: string;
  readonly id: number;
}

/** Dtype and shape. Mirrors `TensorType`. */
export interface TensorType {
  readonly dtype: TensorDtype;
  /** Outermost first; row-major. */
  readonly shape: readonly number[];
}

/** A tensor whose bytes are in this process: little-endian, row-major, exactly `byteLength(type)` of them. */
export interface LocalTensor extends TensorType {
  readonly bytes: Uint8Array;
}

/** A tensor wherever it lives. Mirrors `Tensor` with its `place` as a discriminated union. */
export type PlacedTensor = TensorType &
  (
    | { readonly place: 'inline'; readonly bytes: Uint8Array }
    | { readonly place: 'region'; readonly region: SharedRegion }
    | { readonly place: 'handle'; readonly handle: HostHandle }
  );
