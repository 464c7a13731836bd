import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Fact } from '@forecache/evaluation';
import { env as onnxruntime } from 'onnxruntime-node';

/** What a number was measured on. */
export function machineFacts(now: Date): Fact[] {
  const [cpu] = cpus();
  const [load] = loadavg();
  return [
    {
      name: 'processor',
      value: `${cpu?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
    },
    { name: 'memory', value: `${(totalmem() / 2 ** 30).toFixed(1)} GiB` },
    { name: 'system', value: `${platform()} ${release()} ${arch()}` },
    { name: 'Node', value: process.version },
    { name: 'onnxruntime', value: String(onnxruntime.versions.common) },
    { name: 'load at the end', value: (load ?? NaN).toFixed(2) },
    { name: 'date', value: now.toISOString() },
  ];
}
