/** .7604: as papers write shares. */
export const figure = (value: number): string =>
  Number.isNaN(value) ? "—" : value.toFixed(4).replace(/^(-?)0\./, "$1.");

export function printTable(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  means?: readonly string[],
): void {
  const all = [["", ...heads], ...rows, ...(means ? [["mean", ...means]] : [])];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  console.log(`\n${title}`);
  for (const row of all)
    console.log(
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths?.[0] ?? 0) : cell.padStart(widths?.[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    );
}
