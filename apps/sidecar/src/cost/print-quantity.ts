/** FLOPs for people: `74.39 TFLOPs`. */
export function printFlops(flops: number): string {
  return printScaled(flops, 'FLOPs');
}

/** Bytes for people, in decimal units: `2.152 GB`. */
export function printBytes(bytes: number): string {
  return printScaled(bytes, 'B');
}

/** The tables of the field say 3719.50 TFLOPs and 1.2 TB, so tera is the largest. */
const PREFIXES = ['', 'k', 'M', 'G', 'T'] as const;

/** Four digits and the largest prefix that leaves at least 1; whole numbers below 1000 as they are. */
function printScaled(value: number, unit: string): string {
  const thousands = Math.floor(Math.log10(Math.max(1, value)) / 3);
  const power = Math.min(thousands, PREFIXES.length - 1);
  const scaled = value / 1000 ** power;
  const digits = scaled >= 1000 ? scaled.toFixed(1) : scaled.toPrecision(4);
  return `${power === 0 ? value : digits} ${PREFIXES[power] ?? ''}${unit}`;
}
