import { quoted, type RuleError, ruleError, type Source } from "./error.ts";
import type { Token } from "./lexer.ts";
import type { Phase } from "./tree.ts";

/** Where the parser is, and what it has found out about the rule at hand. */
export type Cursor = {
  source: Source;
  tokens: Token[];
  index: number;
  depth: number;
  /** How many `for` have been read, to refuse one inside another. */
  held: number;
  /** The first thing in the rule that is known in one phase only. */
  phases: Map<Phase, { written: string; token: Token }>;
  errors: RuleError[];
};

/** More errors than a person mends in one go; the rest come out on the next run. */
export const mostErrors = 50;

/** Ends the reading of one rule; the next one is read all the same. */
export class Unreadable extends Error {
  readonly token: Token;
  readonly suggestions: string[];

  constructor(token: Token, message: string, suggestions: string[] = []) {
    super(message);
    this.token = token;
    this.suggestions = suggestions;
  }
}

export function peek(cursor: Cursor, ahead = 0): Token {
  const token = cursor.tokens[Math.min(cursor.index + ahead, cursor.tokens.length - 1)];
  if (token === undefined) throw new RangeError("The lexer ends every text with a token.");
  return token;
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.index++;
  return token;
}

/** True, and one token on, where the next token is this word or symbol. */
export function take(cursor: Cursor, text: string): boolean {
  if (!isPlain(peek(cursor), text)) return false;
  cursor.index++;
  return true;
}

export function isPlain(token: Token, text: string): boolean {
  return token.text === text && (token.kind === "word" || token.kind === "symbol");
}

export function expect(cursor: Cursor, text: string, after: string): Token {
  const token = next(cursor);
  if (!isPlain(token, text)) throw new Unreadable(token, `expected ${text} ${after}, found ${found(token)}`);
  return token;
}

export function found(token: Token): string {
  if (token.kind === "end") return "the end of the text";
  return token.kind === "string" ? `the text ${quoted(token.value)}` : quoted(token.text);
}

/** Notes an error that does not keep the rest of the rule from being read. */
export function report(cursor: Cursor, token: Token, message: string, suggestions: string[] = []): void {
  if (cursor.errors.length >= mostErrors) return;
  cursor.errors.push(ruleError(cursor.source, token.offset, token.text.length, message, suggestions));
}
