/**
 * Writes the WebAssembly text of the weighted-sum kernels: one function per dtype and number of sources.
 *
 * A kernel reads its operands from a header at address 0 (target address, source addresses, weights), works
 * through whole blocks, and returns how many elements it has done. It stops before a block that holds
 * something it does not handle: a remainder shorter than a block, non-finite float16 input, a float16
 * overflow, a NaN on its way to 16 bits. The caller does that block in plain JavaScript and calls again.
 *
 * 16-bit elements are widened in pairs, the even ones of a vector and the odd ones, so that widening is one
 * shift; results are blended back. float16 bits shifted into place are a float32 that is 2^112 too small,
 * subnormals included; the factor is folded into the weights.
 */
export const MAX_SOURCES = 9;
export const HEADER = Object.freeze({ target: 0, sources: 4, weights: 40, byteLength: 128 });

/** Vectors per block by number of sources: as many as the registers of a common machine take (measured). */
const DTYPES = Object.freeze({
  float32: { vectors: () => 4, elementsPerVector: 4, body: float32Body, scale: null },
  float16: {
    vectors: (K) => (K < 6 ? 2 : 1),
    elementsPerVector: 8,
    body: float16Body,
    scale: 2 ** 112,
  },
  bfloat16: {
    vectors: (K) => (K < 4 ? 2 : 1),
    elementsPerVector: 8,
    body: bfloat16Body,
    scale: null,
  },
});

/** Elements of the largest block. */
export const BLOCK_ELEMENTS = 16;

export function renderWeightedSums() {
  return Object.keys(DTYPES).flatMap((dtype) =>
    Array.from({ length: MAX_SOURCES }, (_, k) => renderKernel(dtype, k + 1)),
  );
}

function renderKernel(dtype, sourceCount) {
  const { elementsPerVector, body, scale } = DTYPES[dtype];
  const vectors = DTYPES[dtype].vectors(sourceCount);
  const block = vectors * elementsPerVector;
  const js = Array.from({ length: sourceCount }, (_, j) => j);
  const code = body(sourceCount, vectors);
  const wanted = ['target', 'left', ...js.map((j) => `p${j}`)];
  return [
    `(func (export "${dtype}x${sourceCount}") (param $count i32) (result i32)`,
    ...wanted.map((name) => `(local $${name} i32)`),
    ...js.map((j) => `(local $w${j} v128)`),
    ...code.locals.map((name) => `(local $${name} v128)`),
    `(local.set $target (i32.load offset=${HEADER.target} (i32.const 0)))`,
    ...js.map(
      (j) => `(local.set $p${j} (i32.load offset=${HEADER.sources + 4 * j} (i32.const 0)))`,
    ),
    ...js.map((j) => `(local.set $w${j} ${loadWeight(j, scale)})`),
    `(local.set $left (i32.div_u (local.get $count) (i32.const ${block})))`,
    '(block $stop (loop $next',
    '(br_if $stop (i32.eqz (local.get $left)))',
    ...code.lines,
    `(local.set $target (i32.add (local.get $target) (i32.const ${16 * vectors})))`,
    ...js.map((j) => `(local.set $p${j} (i32.add (local.get $p${j}) (i32.const ${16 * vectors})))`),
    '(local.set $left (i32.sub (local.get $left) (i32.const 1)))',
    '(br $next)))',
    `(i32.mul (i32.sub (i32.div_u (local.get $count) (i32.const ${block})) (local.get $left))`,
    `(i32.const ${block})))`,
  ].join('\n');
}

function loadWeight(j, scale) {
  const splat = `(v128.load32_splat offset=${HEADER.weights + 4 * j} (i32.const 0))`;
  return scale === null ? splat : `(f32x4.mul ${splat} ${f32x4(scale)})`;
}

function float32Body(sourceCount, vectors) {
  const lines = [];
  for (let v = 0; v < vectors; v++) {
    for (let j = 0; j < sourceCount; j++) lines.push(accumulate(`s${v}`, j, load(j, v)));
  }
  for (let v = 0; v < vectors; v++) lines.push(store(v, get(`s${v}`)));
  return { locals: range(vectors).map((v) => `s${v}`), lines };
}

function bfloat16Body(sourceCount, vectors) {
  const lines = [];
  for (let v = 0; v < vectors; v++) {
    for (let j = 0; j < sourceCount; j++) {
      lines.push(set('h', load(j, v)));
      lines.push(accumulate(`even${v}`, j, `(i32x4.shl ${get('h')} (i32.const 16))`));
      lines.push(accumulate(`odd${v}`, j, `(v128.and ${get('h')} ${i32x4(0xffff0000)})`));
    }
  }
  const total = sums(vectors)
    .map(get)
    .reduce((a, b) => `(f32x4.add ${a} ${b})`);
  lines.push(set('h', total), stopIf(`(f32x4.ne ${get('h')} ${get('h')})`));
  for (let v = 0; v < vectors; v++) {
    const even = `(i32x4.shr_u ${roundToBfloat16(`even${v}`)} (i32.const 16))`;
    lines.push(store(v, blend(even, roundToBfloat16(`odd${v}`))));
  }
  return { locals: ['h', ...sums(vectors)], lines };
}

/** The upper half becomes the bfloat16, to nearest even: + 0x7fff + the bit that will be last. */
function roundToBfloat16(name) {
  const last = `(v128.and (i32x4.shr_u ${get(name)} (i32.const 16)) ${i32x4(1)})`;
  return `(i32x4.add (i32x4.add ${get(name)} ${i32x4(0x7fff)}) ${last})`;
}

function float16Body(sourceCount, vectors) {
  const lines = [set('largest', i32x4(0))];
  for (let v = 0; v < vectors; v++) {
    for (let j = 0; j < sourceCount; j++) {
      const doubled = `(i16x8.add ${get('h')} ${get('h')})`;
      lines.push(set('h', load(j, v)));
      lines.push(set('largest', `(i16x8.max_u ${get('largest')} ${doubled})`));
      const even = `(i32x4.dot_i16x8_s ${get('h')} ${i32x4(8192)})`;
      const odd = `(i32x4.shr_s ${get('h')} (i32.const 3))`;
      lines.push(accumulate(`even${v}`, j, `(v128.and ${even} ${i32x4(0x8fffe000)})`));
      lines.push(accumulate(`odd${v}`, j, `(v128.and ${odd} ${i32x4(0x8fffe000)})`));
    }
  }
  const magnitude = sums(vectors)
    .map((name) => `(f32x4.abs ${get(name)})`)
    .reduce((a, b) => `(i32x4.max_s ${a} ${b})`);
  const badInput = `(i16x8.ge_u ${get('largest')} ${i16x8(0xf800)})`;
  const badOutput = `(i32x4.ge_s ${magnitude} ${i32x4(0x477ff000)})`;
  lines.push(stopIf(`(v128.or ${badInput} ${badOutput})`));
  for (let v = 0; v < vectors; v++) lines.push(...encodeFloat16(`even${v}`, `odd${v}`, v));
  return { locals: ['h', 'largest', 'a', 'm', 'e', ...sums(vectors)], lines };
}

/** The same arithmetic as float16FromFloat32 in src/half-precision.ts, eight elements at a time. */
function encodeFloat16(even, odd, v) {
  const magnitudes = (name, target) => [
    set('a', `(f32x4.abs ${get(name)})`),
    set('m', `(v128.and ${get('a')} ${i32x4(0x7f800000)})`),
    set('m', `(i32x4.max_s (i32x4.add ${get('m')} ${i32x4(0x06800000)}) ${i32x4(0x3f000000)})`),
    set('a', `(i32x4.sub (f32x4.add ${get('a')} ${get('m')}) ${get('m')})`),
    set(target, `(i32x4.add ${get('a')} (i32x4.shr_u ${get('m')} (i32.const 13)))`),
  ];
  const sign = blend(`(i32x4.shr_u ${get(even)} (i32.const 16))`, get(odd));
  return [
    ...magnitudes(even, 'e'),
    ...magnitudes(odd, 'a'),
    set('e', blend(get('e'), `(i32x4.shl ${get('a')} (i32.const 16))`)),
    // -(126 << 10), modulo 2^16
    set('e', `(i16x8.add ${get('e')} ${i16x8(0x0800)})`),
    store(v, `(v128.or ${get('e')} (v128.and ${sign} ${i16x8(0x8000)}))`),
  ];
}

/** Even 16-bit lanes of the first, odd ones of the second. */
function blend(even, odd) {
  const lanes = range(4).flatMap((i) => [4 * i, 4 * i + 1, 4 * i + 18, 4 * i + 19]);
  return `(i8x16.shuffle ${lanes.join(' ')} ${even} ${odd})`;
}

function accumulate(name, j, feature) {
  const product = `(f32x4.mul ${feature} ${get(`w${j}`)})`;
  return set(name, j === 0 ? product : `(f32x4.add ${get(name)} ${product})`);
}

function sums(vectors) {
  return range(vectors).flatMap((v) => [`even${v}`, `odd${v}`]);
}

function stopIf(mask) {
  return `(br_if $stop (v128.any_true ${mask}))`;
}

function load(j, v) {
  return `(v128.load offset=${16 * v} align=1 ${get(`p${j}`)})`;
}

function store(v, value) {
  return `(v128.store offset=${16 * v} align=1 ${get('target')} ${value})`;
}

function get(name) {
  return `(local.get $${name})`;
}

function set(name, value) {
  return `(local.set $${name} ${value})`;
}

function i32x4(value) {
  return `(v128.const i32x4 ${Array(4).fill(value).join(' ')})`;
}

function i16x8(value) {
  return `(v128.const i16x8 ${Array(8).fill(value).join(' ')})`;
}

function f32x4(value) {
  return `(v128.const f32x4 ${Array(4).fill(value).join(' ')})`;
}

function range(length) {
  return Array.from({ length }, (_, i) => i);
}
