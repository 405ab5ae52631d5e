export type Token = { offset: number; text: string } & (
  | { kind: "word" | "number" | "symbol" | "end" }
  | { kind: "string"; value: string }
  /** Something that is no part of the language; the problem says what and how it is written. */
  | { kind: "bad"; problem: string }
);

const longestString = 2000;

/** Cuts the text into tokens. Every character is read once; what is not understood becomes a bad token. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = text.startsWith("\uFEFF") ? 1 : 0;
  while (offset < text.length) {
    const skipped = matchAt(/[\s]+|#[^\n]*/y, text, offset);
    if (skipped !== "") {
      offset += skipped.length;
      continue;
    }
    const token = text[offset] === '"' ? stringAt(text, offset) : plainAt(text, offset);
    tokens.push(token);
    offset += token.text.length;
  }
  // An error at the end is shown behind what was read last, not on the empty line after it.
  const last = tokens.at(-1);
  tokens.push({ kind: "end", text: "", offset: last === undefined ? 0 : last.offset + last.text.length });
  return tokens;
}

function plainAt(text: string, offset: number): Token {
  const word = matchAt(/[A-Za-z_][\w.-]*/y, text, offset);
  if (word !== "") return { kind: "word", text: word, offset };
  const number = matchAt(/-?\d[\w.%]*/y, text, offset);
  if (number !== "") return { kind: "number", text: number, offset };
  const symbol = matchAt(/==|!=|<=|>=|[<>()[\],:]/y, text, offset);
  if (symbol !== "") return { kind: "symbol", text: symbol, offset };
  const bad = matchAt(/&&|\|\||[^\w\s"#<>()[\],:=!&|'‘’“”-]+|./suy, text, offset);
  return { kind: "bad", text: bad, offset, problem: problemWith(bad) };
}

function problemWith(bad: string): string {
  if (bad === "=") return '"=" does not compare; did you mean ==?';
  if (bad === "!") return '"!" is not of the language; did you mean not, or !=?';
  if (bad === "&" || bad === "&&") return `"${bad}" is not of the language; did you mean and?`;
  if (bad === "|" || bad === "||") return `"${bad}" is not of the language; did you mean or?`;
  if (/^['‘’“”]/u.test(bad)) return 'text stands in straight double quotes, for example "prod"';
  if (bad.startsWith(".")) return "a number begins with a digit, for example 0.5";
  return "unexpected character";
}

function stringAt(text: string, start: number): Token {
  let value = "";
  let offset = start + 1;
  let problem: string | undefined;
  for (;;) {
    const run = matchAt(/[^"\\\n]+/y, text, offset);
    value += run;
    offset += run.length;
    const next = text[offset];
    if (next === '"') break;
    if (next !== "\\") {
      const raw = text.slice(start, offset).trimEnd();
      return { kind: "bad", text: raw, offset: start, problem: 'this text has no closing " on its line' };
    }
    const escaped = text[offset + 1];
    if (escaped === '"' || escaped === "\\") value += escaped;
    else problem ??= 'after a backslash only " or another backslash may stand';
    offset += escaped === "\n" || escaped === undefined ? 1 : 2;
  }
  const raw = text.slice(start, offset + 1);
  if (value.length > longestString) problem ??= `this text is longer than ${longestString} characters`;
  // Control and format characters could steer a terminal, or show a reader other text than the machine reads.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value))
    problem ??= "this text holds a character that cannot be seen";
  return problem === undefined
    ? { kind: "string", text: raw, offset: start, value }
    : { kind: "bad", text: raw, offset: start, problem };
}

function matchAt(sticky: RegExp, text: string, offset: number): string {
  sticky.lastIndex = offset;
  return sticky.exec(text)?.[0] ?? "";
}
