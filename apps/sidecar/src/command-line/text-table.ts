/** Lines of cells as text: columns aligned right, those of `left` left. Default: the first. */
export function textTable(
  lines: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const columns = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const widths = Array.from({ length: columns }, (_, i) =>
    lines.reduce((widest, line) => Math.max(widest, (line[i] ?? '').length), 0),
  );
  return lines
    .map((line) =>
      line
        .map((cell, i) =>
          left.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
