/** Columns and rows of a glyph, without the gap to the next one. */
export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;

/** Printable ASCII from the space on: five columns a glyph, two hexadecimal digits a column, lowest bit on top. */
const COLUMNS = [
  '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649552250 0005030000',
  '001c224100 0041221c00 14083e0814 08083e0808 0050300000 0808080808 0060600000 2010080402',
  '3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503',
  '3649494936 064949291e 0036360000 0056360000 0814224100 1414141414 0041221408 0201510906',
  '324979413e 7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a',
  '7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e',
  '7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f',
  '6314081463 0708700807 6151494543 007f414100 0204081020 0041417f00 0402010204 4040404040',
  '0001020400 2054545478 7f48444438 3844444420 384444487f 3854545418 087e090102 0c5252523e',
  '7f08040478 00447d4000 2040443d00 7f10284400 00417f4000 7c04180478 7c08040478 3844444438',
  '7c14141408 081414187c 7c08040408 4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c',
  '4428102844 0c5050503c 4464544c44 0008364100 00007f0000 0041360800 0804081008',
].flatMap((line) => line.split(' '));

const FIRST_CODE = 32;
const QUESTION_MARK = COLUMNS['?'.charCodeAt(0) - FIRST_CODE] ?? '';

/** Letters beyond ASCII that labels of methods and axes have. */
const BEYOND_ASCII: Readonly<Record<string, string>> = {
  Δ: '704c434c70',
  τ: '04043c4444',
  é: '3854565518',
  '×': '4428102844',
  '–': '0808080808',
};

/** Whether the glyph of `character` has ink at (x, y); characters without a glyph look like `?`. */
export function hasInk(character: string, x: number, y: number): boolean {
  const ascii = COLUMNS[(character.codePointAt(0) ?? 0) - FIRST_CODE];
  const glyph = ascii ?? BEYOND_ASCII[character] ?? QUESTION_MARK;
  const column = Number.parseInt(glyph.slice(2 * x, 2 * x + 2), 16);
  return ((column >> y) & 1) === 1;
}

/** Pixels that a line of text takes, at scale 1: glyphs with one column between them. */
export function textWidth(text: string): number {
  return Math.max([...text].length * (GLYPH_WIDTH + 1) - 1, 0);
}
