import type { LadderRow } from './ablation-ladder.js';
import { gainOf, readLadder } from './ablation-reading.js';

function row(psnr: number, relativeError = 0.01): LadderRow {
  return { psnr, relativeError, fullCalls: [0], options: null };
}

describe('gainOf', () => {
  it('is the difference in dB', () => {
    const ladder = { '12: even, line': row(42), '12: found, line': row(43.5) };
    expect(gainOf(ladder, 12, { from: 'even, line', to: 'found, line' })).toBe(1.5);
  });

  it('is null where one was not measured', () => {
    const ladder = { '12: even, line': row(42) };
    expect(gainOf(ladder, 12, { from: 'even, line', to: 'found, line' })).toBeNull();
  });
});

describe('readLadder', () => {
  it('says where a part takes away, and where it changes nothing', () => {
    const ladder = {
      '18: found, open loop': row(55),
      '18: found, on the walk': row(54.5),
      '12: found, open loop': row(45),
      '12: found, on the walk': row(46),
      '12: searched, on the walk': row(46),
    };
    const lines = readLadder(ladder).split('\n');
    expect(lines).toContain(
      '- The walk instead of full runs: −0.5 at 18, +1.0 at 12 (dB). It takes away at 18.',
    );
    expect(lines).toContain(
      '- Many searches instead of one: +0.0 at 12 (dB). It changes nothing at 12.',
    );
  });

  it('names rungs whose PSNR and error both rise', () => {
    const ladder = { '9: even, line': row(36, 0.04), '9: even, on the walk': row(37, 0.05) };
    expect(readLadder(ladder).split('\n').at(-1)).toBe(
      '- PSNR rises while the relative error of all images together rises too, which single images with large errors do: ' +
        'even schedule, weights fitted on the walk at 9.',
    );
  });
});
