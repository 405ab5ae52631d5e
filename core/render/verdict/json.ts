/** JSON for people to read and machines to parse: what fits on a line stays on one. */

const longestLine = 100;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export function readableJson(value: Json, indent = ""): string {
  const compact = JSON.stringify(value);
  if (typeof value !== "object" || value === null || indent.length + compact.length <= longestLine)
    return visible(compact);
  const deeper = `${indent}  `;
  const [open, close, lines] = Array.isArray(value)
    ? ["[", "]", value.map((item: Json) => readableJson(item, deeper))]
    : ["{", "}", entriesOf(value, deeper)];
  return `${open}\n${lines.map((line) => deeper + line).join(",\n")}\n${indent}${close}`;
}

function entriesOf(value: object, indent: string): string[] {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${visible(JSON.stringify(key))}: ${readableJson(item, indent)}`);
}

/** What cannot be seen, or turns the direction of what follows, is written as an escape: the value stays the same. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]|[\u{E0100}-\u{E01EF}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
