/** One row of RFC 4180, each cell as text that no spreadsheet runs. */
export function csvRow(cells: string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** A spreadsheet runs a cell that begins with one of these as a formula; the apostrophe makes it text. */
const formula = /^[\s\p{Cf}]*[=+\-@＝＋－＠\t\r\n]/u;

function csvCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
