/** A row of Table 4's record, as far as its distance from full compute goes. */
export interface Table4Row {
  readonly method: string;
  /** Mean over images. */
  readonly calls: { readonly full: number };
  readonly psnr: { readonly mean: number } | null;
}

/** Methods whose rows are not made again, as their names begin in table4.json. */
export const RECORDED_METHODS: readonly string[] = Object.freeze([
  'TeaCache',
  'MagCache',
  'EasyCache',
  'first-block cache',
  'AdaCache',
  'ToCa',
  'DuCa',
  'Δ-DiT',
]);

/** PSNR of a method at a number of full calls, on the line between its nearest two rows; null outside of what was measured. */
export function recordedPsnr(
  rows: readonly Table4Row[],
  { method, fullCalls }: { readonly method: string; readonly fullCalls: number },
): number | null {
  const points = rows.flatMap((row) =>
    row.method === method && row.psnr !== null ? [{ x: row.calls.full, y: row.psnr.mean }] : [],
  );
  return onLine(points, fullCalls);
}

/** A point of a curve. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

/** The curve through points at x, linear between neighbours; null beyond its ends. */
export function onLine(points: readonly CurvePoint[], x: number): number | null {
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const before = sorted.findLast((point) => point.x <= x);
  const after = sorted.find((point) => point.x >= x);
  if (before === undefined || after === undefined) return null;
  if (before.x === after.x) return before.y;
  return before.y + ((x - before.x) / (after.x - before.x)) * (after.y - before.y);
}
