import { createSignalLinks, withLinkedSignal } from './linked-signal.js';

describe('signal links', () => {
  it('a link is aborted with either of its signals, and keeps the reason', () => {
    const first = new AbortController();
    const [one, two] = [new AbortController(), new AbortController()];
    const links = createSignalLinks(first.signal);
    const [linkedOne, linkedTwo] = [links.with(one.signal), links.with(two.signal)];
    one.abort('one');
    expect(linkedOne.reason).toBe('one');
    expect(linkedTwo.aborted).toBe(false);
    first.abort('first');
    expect(linkedTwo.reason).toBe('first');
  });

  it('a signal is linked once', () => {
    const links = createSignalLinks(new AbortController().signal);
    const { signal } = new AbortController();
    expect(links.with(signal)).toBe(links.with(signal));
  });
});

test('a linked signal lets go of its sources after the task', async () => {
  const source = new AbortController();
  const linked = await withLinkedSignal([source.signal], async ({ signal }) => signal);
  source.abort();
  expect(linked.aborted).toBe(false);
});
