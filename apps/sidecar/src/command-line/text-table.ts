/** Lines of cells as text: columns aligned, the first left and the others right. */
export function textTable(lines: readonly (readonly string[])[]): string {
  const columns = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const widths = Array.from({ length: columns }, (_, i) =>
    lines.reduce((widest, line) => Math.max(widest, (line[i] ?? '').length), 0),
  );
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
