import { createSerialQueue } from './serial-queue.js';

test('tasks run one at a time, in order, and a failure does not stop the next', async () => {
  const queue = createSerialQueue();
  const log: string[] = [];
  const task = (name: string, isFailing: boolean) => async () => {
    log.push(`${name} starts`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`${name} ends`);
    if (isFailing) throw new Error(name);
    return name;
  };
  const first = queue.run(task('a', true));
  const second = queue.run(task('b', false));
  expect(queue.size).toBe(2);
  await expect(first).rejects.toThrow('a');
  await expect(second).resolves.toBe('b');
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  expect(queue.size).toBe(0);
});
