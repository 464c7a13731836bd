import {
  float32Tensor,
  float32View,
  withBatch,
  type CacheRun,
  type ModelDescription,
} from '@forecache/adapters';
import { JOINT_BRANCH } from './joint-branch.js';
import type { JointShape } from './local-caller.js';
import type { NetworkCaller } from './network-caller.js';
import type { LaidOutTensor, TensorRoute } from './tensor-route.js';

/** What a proxied run is made of. */
export interface ProxiedRun extends JointShape {
  readonly run: CacheRun;
  readonly route: TensorRoute;
}

const INPUT = 'input';
const OUTPUT = 'output';

/** Sends the network's input; the sidecar lets the model host make the whole call. */
export function createProxyCaller({ run, route, shape }: ProxiedRun): NetworkCaller {
  return {
    async call({ callIndex, x }, signal) {
      const input = route.send(INPUT, float32Tensor(shape, x));
      const { output, plan } = await run.runNetwork(
        { branch: JOINT_BRANCH, callIndex, input, output: route.target(OUTPUT) },
        { signal },
      );
      return { velocity: float32View(route.receive(OUTPUT, output)), plan };
    },
  };
}

/** The two tensors of a proxied run. */
export function proxiedTensors(
  { input, output }: ModelDescription,
  batch: number,
): LaidOutTensor[] {
  return [
    { name: INPUT, type: withBatch(input, batch) },
    { name: OUTPUT, type: withBatch(output, batch) },
  ];
}
