/**
 * Writes the WebAssembly text of `gatedSum`: hidden += gate * branch over [tokens, width] floats, one row of
 * gates for all tokens. Product and sum are rounded to float32 each. Columns go by blocks of four vectors; what
 * is left of a row goes by element, so that the kernel leaves nothing over, at any width and any value.
 */
const VECTORS = 4;
const BLOCK_ELEMENTS = 4 * VECTORS;

export function renderGatedSum() {
  return [
    '(func (export "gatedSum") (param $hidden i32) (param $branch i32) (param $gates i32)',
    '(param $tokens i32) (param $width i32)',
    '(local $gate i32) (local $left i32)',
    '(block $done (loop $token',
    '(br_if $done (i32.eqz (local.get $tokens)))',
    '(local.set $gate (local.get $gates))',
    `(local.set $left (i32.div_u (local.get $width) (i32.const ${BLOCK_ELEMENTS})))`,
    ...repeat('blocks', 16 * VECTORS, range(VECTORS).map(addVector)),
    `(local.set $left (i32.rem_u (local.get $width) (i32.const ${BLOCK_ELEMENTS})))`,
    ...repeat('elements', 4, [addElement()]),
    '(local.set $tokens (i32.sub (local.get $tokens) (i32.const 1)))',
    '(br $token))))',
  ].join('\n');
}

/** The lines $left times; the three pointers move on by `bytes` each time. */
function repeat(label, bytes, lines) {
  const move = (name) => `(local.set $${name} (i32.add (local.get $${name}) (i32.const ${bytes})))`;
  return [
    `(block $${label}Done (loop $${label}`,
    `(br_if $${label}Done (i32.eqz (local.get $left)))`,
    ...lines,
    ...['hidden', 'branch', 'gate'].map(move),
    '(local.set $left (i32.sub (local.get $left) (i32.const 1)))',
    `(br $${label})))`,
  ];
}

function addVector(v) {
  const load = (name) => `(v128.load offset=${16 * v} align=1 (local.get $${name}))`;
  const product = `(f32x4.mul ${load('gate')} ${load('branch')})`;
  const sum = `(f32x4.add ${load('hidden')} ${product})`;
  return `(v128.store offset=${16 * v} align=1 (local.get $hidden) ${sum})`;
}

function addElement() {
  const load = (name) => `(f32.load (local.get $${name}))`;
  const product = `(f32.mul ${load('gate')} ${load('branch')})`;
  return `(f32.store (local.get $hidden) (f32.add ${load('hidden')} ${product}))`;
}

function range(length) {
  return Array.from({ length }, (_, i) => i);
}
