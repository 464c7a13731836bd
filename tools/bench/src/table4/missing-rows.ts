/** A row of the line-up. */
interface WantedRow {
  readonly key: string;
  readonly entry: { readonly label: string };
}

/** Says which rows of the line-up nobody has measured yet; nothing when all are there. */
export function missingRows(
  wanted: readonly WantedRow[],
  measured: readonly { readonly key: string }[],
): readonly string[] {
  const known = new Set(measured.map(({ key }) => key));
  const missing = wanted.filter(({ key }) => !known.has(key));
  if (missing.length === 0) return [];
  const labels = missing.map(({ entry }) => entry.label).join(', ');
  return [`Not measured yet, ${missing.length} of ${wanted.length} rows: ${labels}.`];
}
