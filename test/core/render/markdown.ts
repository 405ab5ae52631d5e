import { marked, type Token, type Tokens } from "marked";

/** What a Markdown reader makes of a text, for tests to look for what must not be there. */
export function tokensOf(markdown: string): Token[] {
  const found: Token[] = [];
  marked.walkTokens(marked.lexer(markdown, { gfm: true, breaks: true }), (token) => {
    found.push(token);
  });
  return found;
}

export function tablesOf(markdown: string): Tokens.Table[] {
  return tokensOf(markdown).filter((token): token is Tokens.Table => token.type === "table");
}

/** Text that GitHub would search for mentions and references: whatever is not code, with its entities read. */
export function proseOf(markdown: string, between = "\n"): string {
  return tokensOf(markdown)
    .map((token) => {
      if (token.type === "codespan") return " ` ";
      if (!["text", "escape", "html"].includes(token.type) || ("tokens" in token && token.tokens)) return "";
      return token.type === "escape" ? token.raw.slice(1) : token.raw;
    })
    .join(between)
    .replace(/&#(\d+);/gu, (_, point) => String.fromCodePoint(Number(point)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
