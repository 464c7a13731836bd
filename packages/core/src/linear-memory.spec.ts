import { createWasmMemory } from './linear-memory.js';
import { webAssembly, type WebAssemblyApi } from './web-assembly.js';

/** WebAssembly, of which something fails as it does where a machine is full. */
function failing(part: 'open' | 'grow'): WebAssemblyApi {
  const api = webAssembly();
  if (api === null) throw new Error('no WebAssembly here');
  class FullMemory extends api.Memory {
    constructor(limits: { readonly initial: number; readonly maximum: number }) {
      if (part === 'open') throw new RangeError('could not allocate memory');
      super(limits);
    }
    override grow(): number {
      throw new RangeError('Maximum memory size exceeded');
    }
  }
  return { ...api, Memory: FullMemory };
}

describe('WebAssembly memory', () => {
  it('that cannot be opened is an error of the machine, with its cause', () => {
    expect(() => createWasmMemory(failing('open'), 1000)).toThrow(
      expect.objectContaining({
        code: 'resource-exhausted',
        message:
          'tensor memory for up to 1000 bytes cannot be opened: the process has no address space left',
        cause: new RangeError('could not allocate memory'),
      }),
    );
  });

  it('that cannot grow is one, too, and keeps what it has', () => {
    const memory = createWasmMemory(failing('grow'), 200_000);
    new Uint8Array(memory.buffer).fill(7);
    expect(() => memory.growTo(100_000)).toThrow(
      expect.objectContaining({
        code: 'resource-exhausted',
        message: 'tensor memory cannot grow to 100000 bytes: the machine has no more',
      }),
    );
    expect(new Set(new Uint8Array(memory.buffer))).toEqual(new Set([7]));
  });
});
