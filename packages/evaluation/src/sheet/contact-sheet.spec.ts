import type { Image } from '../image/image.js';
import { hasInk, textWidth } from './bitmap-font.js';
import { contactSheet } from './contact-sheet.js';

const black = { width: 2, height: 2, channels: 1, pixels: new Float32Array(4) } as const;
const countDark = ({ pixels }: Image) => pixels.filter((value) => value < 0.5).length;

describe('contactSheet', () => {
  it('draws every image once, enlarged', () => {
    const rows = [{ label: '', images: [black, black, black] }];
    // three images of 2 x 2 at scale 5: 3 · 10 · 10 dark pixels
    expect(countDark(contactSheet(rows, { scale: 5 }))).toBe(300);
  });

  it('draws labels of rows and columns', () => {
    const rows = [{ label: 'I', images: [black] }];
    const plain = countDark(contactSheet([{ label: '', images: [black] }], { scale: 1 }));
    // `I` has 7 + 2 + 2 dark font pixels
    expect(countDark(contactSheet(rows, { scale: 1, textScale: 1 }))).toBe(plain + 11);
    expect(countDark(contactSheet(rows, { scale: 1, textScale: 1, columnLabels: ['I'] }))).toBe(
      plain + 22,
    );
  });

  it('keeps colour', () => {
    const red = { width: 1, height: 1, channels: 3, pixels: Float32Array.of(1, 0, 0) } as const;
    const sheet = contactSheet([{ label: '', images: [red] }], { scale: 1 });
    expect(sheet.channels).toBe(3);
    const at = sheet.pixels.findIndex((value, i) => i % 3 === 1 && value === 0);
    expect([...sheet.pixels.slice(at - 1, at + 2)]).toEqual([1, 0, 0]);
  });

  it('rejects empty, uneven and huge sheets', () => {
    expect(() => contactSheet([])).toThrow('rows must be at least one row with one image, got 0');
    const uneven = [
      { label: '', images: [black] },
      { label: '', images: [] },
    ];
    expect(() => contactSheet(uneven)).toThrow(
      'rows[1].images.length must be 1 as in rows[0], got 0',
    );
    const row = [{ label: '', images: [black] }];
    expect(() => contactSheet(row, { scale: 0 })).toThrow('scale must be an integer >= 1, got 0');
    expect(() => contactSheet(row, { scale: 1e6 })).toThrow(
      'sheet width must be <= 65535, got 2000036',
    );
  });
});

describe('hasInk', () => {
  it('draws characters without a glyph as a question mark, the letters of methods as themselves', () => {
    expect(hasInk('ж', 2, 6)).toBe(hasInk('?', 2, 6));
    expect(hasInk('?', 2, 6)).toBe(true);
    // The feet of a capital delta.
    expect([0, 2, 4].map((x) => hasInk('Δ', x, 6))).toEqual([true, true, true]);
  });

  it('leaves the space empty', () => expect(hasInk(' ', 2, 3)).toBe(false));
  it('measures text without a trailing gap', () => expect(textWidth('ab')).toBe(11));
});
