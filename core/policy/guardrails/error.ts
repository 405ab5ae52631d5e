/** An error in guardrails, with its place. `text` is the whole of it: place, message, and the line with a caret. */
export type RuleError = {
  fileName: string;
  line: number;
  column: number;
  message: string;
  suggestions: string[];
  excerpt: string;
  text: string;
};

export type Source = {
  fileName: string;
  text: string;
  lineStarts: number[];
  /** Where the text begins in its file, for a condition that stands within another document. */
  firstLine: number;
  firstColumn: number;
};

const widestExcerpt = 120;
const longestQuote = 60;

export function sourceOf(fileName: string, text: string, firstLine = 1, firstColumn = 1): Source {
  const lineStarts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) lineStarts.push(end + 1);
  return { fileName, text, lineStarts, firstLine, firstColumn };
}

export function placeOf(source: Source, offset: number): { line: number; column: number } {
  const index = lineIndex(source, offset);
  const column = offset - (source.lineStarts[index] ?? 0);
  return { line: source.firstLine + index, column: column + (index === 0 ? source.firstColumn : 1) };
}

export function ruleError(
  source: Source,
  offset: number,
  length: number,
  message: string,
  suggestions: string[] = [],
): RuleError {
  const place = placeOf(source, offset);
  const excerpt = excerptAt(source, offset, length);
  const text = `${source.fileName}:${place.line}:${place.column}: ${message}\n${excerpt}`;
  return { fileName: source.fileName, ...place, message, suggestions, excerpt, text };
}

/** Text of a file as an error may show it: short, and without anything that steers a terminal. */
export function quoted(text: string): string {
  const short = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return `"${harmless(short)}"`;
}

function excerptAt(source: Source, offset: number, length: number): string {
  const index = lineIndex(source, offset);
  const start = source.lineStarts[index] ?? 0;
  const next = source.lineStarts[index + 1];
  const end = next === undefined ? source.text.length : next - 1;
  const from = end - start > widestExcerpt ? Math.max(start, offset - widestExcerpt / 2) : start;
  const to = Math.min(end, from + widestExcerpt);
  const before = `${from > start ? "…" : ""}${harmless(source.text.slice(from, offset))}`;
  const after = `${harmless(source.text.slice(offset, to).trimEnd())}${to < end ? "…" : ""}`;
  const carets = Math.max(1, Math.min(length, [...after].length));
  return `  ${before}${after}\n  ${" ".repeat([...before].length)}${"^".repeat(carets)}`;
}

function lineIndex(source: Source, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Tabs become a space so that the caret stands right; control, format and half characters become a mark. */
function harmless(text: string): string {
  return text
    .replaceAll("\t", " ")
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}
