import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { modelHostConformance } from './conformance.js';
import { createGrpcModelHost } from './model-host/grpc/grpc-model-host.js';
import { createInMemoryModelHost } from './model-host/transformer/in-memory-model-host.js';
import type { ModelHost } from './model-host/model-host.js';
import { serveModelHost } from './model-host/grpc/model-host-service.js';
import { createOnnxModelHost } from './model-host/onnx/onnx-model-host.js';

const DEMO_MODEL = fileURLToPath(new URL('../../demo-model/model', import.meta.url));

interface OpenHost {
  readonly host: ModelHost;
  readonly close: () => Promise<void>;
}

const hosts: readonly { readonly name: string; readonly open: () => Promise<OpenHost> }[] = [
  {
    name: 'in memory',
    open: async () => {
      const host = createInMemoryModelHost();
      return { host, close: () => host.close() };
    },
  },
  {
    name: 'in memory behind gRPC on a Unix socket',
    open: async () => {
      const directory = mkdtempSync(join(tmpdir(), 'model-host-'));
      const addresses = [`unix:${join(directory, 'host.sock')}`];
      const server = await serveModelHost({ host: createInMemoryModelHost(), addresses });
      const [address = ''] = server.addresses;
      const host = createGrpcModelHost({ address });
      const close = async () => {
        await host.close();
        await server.close();
        rmSync(directory, { recursive: true });
      };
      return { host, close };
    },
  },
  {
    name: 'ONNX, the demo model',
    open: async () => {
      const host = await createOnnxModelHost({ directory: DEMO_MODEL });
      return { host, close: () => host.close() };
    },
  },
];

describe.each(hosts)('model host conformance: $name', ({ open }) => {
  let opened: OpenHost;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  it.each(modelHostConformance)('$title', async ({ run }) => {
    await expect(run(opened.host)).resolves.toBeUndefined();
  });
});
