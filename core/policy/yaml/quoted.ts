/** Control characters, bidirectional marks and line separators: they could rewrite what a reader sees. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const longestText = 80;

/** Text from a file on one line of an error: shortened, and with nothing that a terminal would obey. */
export function printable(text: string, most = longestText): string {
  const shortened = text.length > most ? `${text.slice(0, most)}…` : text;
  return shortened.replaceAll(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** A value from a file as a reader would recognise it. */
export function quoted(value: unknown): string {
  if (typeof value === "string") return `"${printable(value).replaceAll('"', '\\"')}"`;
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  return String(value);
}
