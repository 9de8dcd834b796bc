/**
 * The lines of a table for people: columns as wide as their widest cell, two spaces between them, and none at a line's end.
 * @param leftColumns how many columns, from the first, begin together; those of the others, numbers, end together
 */
export function alignedColumns(rows: readonly (readonly string[])[], leftColumns: number): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < leftColumns ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
