/** Where a variable stands decides how its value has to be written. */
export type Standing =
  | { kind: "bare" }
  | { kind: "text" | "pattern"; quote: string; operator: string }
  | { kind: "raw" };

export type Piece = { kind: "text"; text: string } | { kind: "variable"; name: string; standing: Standing };

const reference = /\$(?:\{([a-z][a-z0-9_-]*)\}|([a-z][a-z0-9_]*(?:-[a-z0-9_]+)*)|(\$))/y;

/**
 * A template of PromQL in its pieces: text, and variables written `$name` or `${name}`. `$$` is a dollar, and so is
 * one before anything but a small letter, as in the end of a pattern. Comments are left out, and so is `$increase(…)`,
 * in the place of which stands what it means.
 */
export function piecesOf(written: string): Piece[] {
  const template = withCounts(written);
  const pieces: Piece[] = [];
  let text = "";
  let quote = "";
  let standing: Standing = { kind: "bare" };
  for (let at = 0; at < template.length; at += 1) {
    const character = template.charAt(at);
    if (quote === "" && character === "#") {
      const end = template.indexOf("\n", at);
      at = end === -1 ? template.length : end - 1;
    } else if (character === "$") {
      reference.lastIndex = at;
      const [whole = "$", braced, plain] = reference.exec(template) ?? [];
      const name = braced ?? plain;
      if (name === undefined) text += "$";
      else {
        pieces.push({ kind: "text", text }, { kind: "variable", name, standing });
        text = "";
      }
      at += whole.length - 1;
    } else if (quote !== "" && quote !== "`" && character === "\\") {
      text += template.slice(at, at + 2);
      at += 1;
    } else {
      if (quote === "" && /["'`]/.test(character)) {
        quote = character;
        standing = standingIn(quote, text);
      } else if (character === quote) {
        quote = "";
        standing = { kind: "bare" };
      }
      text += character;
    }
  }
  return [...pieces, { kind: "text", text }];
}

function standingIn(quote: string, before: string): Standing {
  if (quote === "`") return { kind: "raw" };
  const operator = /(=~|!~|!=|=)\s*$/.exec(before)?.[1] ?? "";
  return { kind: operator.endsWith("~") ? "pattern" : "text", quote, operator };
}

const opening = "$increase(";

/**
 * `$increase(selector)` is increase(selector[$window]) that counts a series from zero where it is new. Prometheus' own
 * takes the first value that it sees for the beginning: of a process that has just started it would miss the first
 * error of each kind, and a candidate's processes have all just started. A series is new that was not there in the
 * hour before the window, so that a scrape that failed makes none.
 */
function withCounts(template: string): string {
  let text = template;
  for (let from = text.indexOf(opening); from !== -1; from = text.indexOf(opening, from + 1)) {
    const begin = from + opening.length;
    const end = closingOf(text, begin);
    const selector = text.slice(begin, end);
    if (end === -1 || selector.trim() === "") continue;
    const before = `last_over_time(${selector}[1h] offset $window)`;
    const counted = `((last_over_time(${selector}[$window]) unless ${before}) or increase(${selector}[$window]))`;
    text = text.slice(0, from) + counted + text.slice(end + 1);
  }
  return text;
}

/** The parenthesis that closes the one before `begin`, or -1. */
function closingOf(text: string, begin: number): number {
  let depth = 1;
  let quote = "";
  for (let at = begin; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at += 1;
      else if (character === quote) quote = "";
    } else if (/["'`]/.test(character)) quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** Names of the variables in a template, each once. */
export function variablesIn(template: string): string[] {
  const names = piecesOf(template).flatMap((piece) => (piece.kind === "variable" ? [piece.name] : []));
  return [...new Set(names)];
}
