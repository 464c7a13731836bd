import { PassThrough } from 'node:stream';
import { EXIT_WITH_PARENT, exitWithParent, type Child } from './exit-with-parent.js';

function child(env: Record<string, string>) {
  const stdin = new PassThrough();
  const kills: [number, string][] = [];
  const fake: Child = {
    pid: 42,
    stdin,
    env,
    kill: (pid, signal) => kills.push([pid, signal]),
    exit: () => undefined,
  };
  return { fake, stdin, kills };
}

const ended = (stdin: PassThrough) => new Promise((resolve) => stdin.once('close', resolve));

describe('exitWithParent', () => {
  it('stops the process once when its standard input ends', async () => {
    const { fake, stdin, kills } = child({ [EXIT_WITH_PARENT]: '1' });
    exitWithParent(fake);
    stdin.end();
    await ended(stdin);
    expect(kills).toEqual([[42, 'SIGTERM']]);
  });

  it('does nothing where nobody asked', async () => {
    const { fake, stdin, kills } = child({});
    exitWithParent(fake);
    stdin.resume();
    stdin.end();
    await ended(stdin);
    expect(kills).toEqual([]);
  });
});
