/** One line of indented JSON, as package managers write their lock files. */
export type JsonLine =
  | { kind: "open"; key: string }
  | { kind: "close" }
  | { kind: "pair"; key: string; value: string | undefined }
  | { kind: "nothing" }
  | { kind: "unreadable" };

const keyStart = /^"((?:[^"\\]|\\.)*)"\s*:\s*/;
const text = /^"((?:[^"\\]|\\.)*)"$/;
const literal = /^(?:-?[0-9][0-9.eE+-]*|true|false|null|\{\}|\[\])$/;

export function readJsonLine(line: string): JsonLine {
  const trimmed = line.trim();
  const bare = trimmed.endsWith(",") ? trimmed.slice(0, -1) : trimmed;
  if (bare === "" || text.test(bare) || literal.test(bare)) return { kind: "nothing" };
  if (bare === "{" || bare === "[") return { kind: "open", key: "" };
  if (bare === "}" || bare === "]") return { kind: "close" };
  const start = keyStart.exec(bare);
  if (!start) return { kind: "unreadable" };
  const key = unescaped(start[1] ?? "");
  const rest = bare.slice(start[0].length);
  if (rest === "{" || rest === "[") return { kind: "open", key };
  const string = text.exec(rest);
  if (string) return { kind: "pair", key, value: unescaped(string[1] ?? "") };
  return literal.test(rest) ? { kind: "pair", key, value: undefined } : { kind: "unreadable" };
}

function unescaped(inner: string): string {
  if (!inner.includes("\\")) return inner;
  try {
    return String(JSON.parse(`"${inner}"`));
  } catch {
    return inner;
  }
}
