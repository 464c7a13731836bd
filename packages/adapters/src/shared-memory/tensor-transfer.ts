import { ForecastError, invalidArgument } from '@forecache/core';

import { assertTensorType, byteLength } from '../tensor/tensor-type.js';
import type { LocalTensor, PlacedTensor, SharedRegion, TensorType } from '../tensor/tensor.js';
import type { SharedFileSystem } from './file-system.js';
import { assertSharedDirectory, openSharedFile } from './shared-file.js';
import type { SharedFile } from './shared-file.js';

/**
 * Moves tensors between their place (inline or region) and this process. One per run: files stay open until
 * `close`. Handles cannot be moved; only the host that owns them opens them.
 */
export interface TensorTransfer {
  /** The tensor in this process: inline bytes as they are, a region's in a fresh buffer. */
  resolve(tensor: PlacedTensor, name: string): LocalTensor;
  /** The tensor's bytes copied into a buffer of the caller, `byteLength(tensor)` long. */
  resolveInto(tensor: PlacedTensor, name: string, target: Uint8Array): void;
  /** Throws unless a result of `type` fits `output`. Call it before computing the result. */
  assertOutput(type: TensorType, output: SharedRegion | null): void;
  /** Puts a result where the caller wants it. */
  place(tensor: LocalTensor, output: SharedRegion | null): PlacedTensor;
  /** Closes the files; a second close is not an error. */
  close(): void;
}

/** `directory` is the run's shared directory, or '' when its regions are not used. */
export function createTensorTransfer(directory: string, files?: SharedFileSystem): TensorTransfer {
  const opened = openedFiles(directory, files);
  const assertOutput: TensorTransfer['assertOutput'] = (type, output) => {
    if (output === null) return;
    if (output.byteLength !== byteLength(type)) {
      throw invalidArgument('output.byte_length', `${byteLength(type)}`, output.byteLength);
    }
    opened.file(output).assertRegion(output);
  };
  return {
    resolve(tensor, name) {
      assertTensorType(name, tensor);
      if (tensor.place === 'inline') return { ...typeOf(tensor), bytes: inlineBytes(tensor, name) };
      const region = regionOf(tensor, name);
      const file = opened.file(region);
      file.assertRegion(region);
      const bytes = new Uint8Array(region.byteLength);
      file.read(region, bytes);
      return { ...typeOf(tensor), bytes };
    },
    resolveInto(tensor, name, target) {
      assertTensorType(name, tensor);
      if (byteLength(tensor) !== target.byteLength) {
        throw invalidArgument(name, `${target.byteLength} bytes long`, byteLength(tensor));
      }
      if (tensor.place === 'inline') {
        target.set(inlineBytes(tensor, name));
        return;
      }
      const region = regionOf(tensor, name);
      opened.file(region).read(region, target);
    },
    assertOutput,
    place(tensor, output) {
      if (output === null) return { ...typeOf(tensor), place: 'inline', bytes: tensor.bytes };
      assertOutput(tensor, output);
      opened.file(output).write(output, tensor.bytes);
      return { ...typeOf(tensor), place: 'region', region: output };
    },
    close: opened.close,
  };
}

function openedFiles(directory: string, files: SharedFileSystem | undefined) {
  assertSharedDirectory('shared_directory', directory);
  const opened = new Map<string, SharedFile>();
  const file = ({ name }: SharedRegion): SharedFile => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    if (directory === '') {
      const message = `shared memory ${name} cannot be opened: the run has no shared directory`;
      throw new ForecastError('failed-precondition', message);
    }
    const fresh = openSharedFile(directory, name, files);
    opened.set(name, fresh);
    return fresh;
  };
  const close = () => {
    opened.forEach((each) => each.close());
    opened.clear();
  };
  return { file, close };
}

function typeOf(tensor: TensorType): TensorType {
  return { dtype: tensor.dtype, shape: tensor.shape };
}

function inlineBytes(tensor: PlacedTensor & { place: 'inline' }, name: string): Uint8Array {
  if (tensor.bytes.byteLength === byteLength(tensor)) return tensor.bytes;
  const rule = `${byteLength(tensor)} bytes as dtype and shape say`;
  throw invalidArgument(`${name}.inline`, rule, tensor.bytes.byteLength);
}

function regionOf(tensor: PlacedTensor, name: string): SharedRegion {
  if (tensor.place !== 'region') {
    throw invalidArgument(name, 'inline or in a region', tensor.place);
  }
  if (tensor.region.byteLength === byteLength(tensor)) return tensor.region;
  const rule = `${byteLength(tensor)} bytes as dtype and shape say`;
  throw invalidArgument(`${name}.region.byte_length`, rule, tensor.region.byteLength);
}
