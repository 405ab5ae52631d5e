import { hanging, type Pen } from "./pen.ts";
import { displayWidth, padEndToWidth, padStartToWidth } from "./width.ts";

/** A table in a terminal where it fits, else one row after the other; a heading's alignment is left out. */
export function textTable(
  { headings, rows }: { headings: readonly string[]; rows: readonly (readonly string[])[] },
  pen: Pen,
): string[] {
  const names = headings.map((heading) => heading.replace(/^--: /u, ""));
  const widths = names.map((name, column) =>
    Math.max(displayWidth(name), ...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, column) => (column === 0 ? padEndToWidth : padStartToWidth)(text, widths[column] ?? 0))
      .join("  ");
  if (displayWidth(line(names)) <= pen.width) return [pen.paint(line(names), "dim"), ...rows.map(line)];
  return rows.flatMap(([first = "", ...cells]) => [
    pen.paint(first, "bold"),
    ...cells.flatMap((text, index) => hanging(`  ${names[index + 1] ?? ""}: `, text, pen)),
  ]);
}
