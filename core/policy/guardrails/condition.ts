import { parseMilliseconds } from "../duration.ts";
import { test } from "./asked.ts";
import { contradictingPart } from "./contradiction.ts";
import { type Cursor, found, isPlain, next, peek, report, take, Unreadable } from "./cursor.ts";
import type { Token } from "./lexer.ts";
import type { Condition } from "./tree.ts";

const deepest = 64;
const longestHeldSeconds = 86_400;

type Read = (cursor: Cursor) => Condition;

/** or-condition := and-condition { "or" and-condition } */
export function condition(cursor: Cursor): Condition {
  return joined(cursor, "or", conjunction).whole;
}

/** and-condition := negation { "and" negation } */
function conjunction(cursor: Cursor): Condition {
  const { whole, starts } = joined(cursor, "and", negation);
  if (whole.kind !== "and") return whole;
  const index = contradictingPart(whole.parts);
  const start = index === undefined ? undefined : starts[index];
  if (start !== undefined) {
    report(
      cursor,
      start,
      "this can never be true together with what stands before it, so the rule would never act",
    );
  }
  return whole;
}

/** negation := "not" negation | held */
function negation(cursor: Cursor): Condition {
  const start = peek(cursor);
  if (!take(cursor, "not")) return held(cursor);
  return deeper(cursor, start, () => ({ kind: "not", part: negation(cursor) }));
}

/** held := primary [ "for" duration ] */
function held(cursor: Cursor): Condition {
  const heldBefore = cursor.held;
  const part = primary(cursor);
  const token = peek(cursor);
  if (!take(cursor, "for")) return part;
  const seconds = heldSeconds(next(cursor));
  if (cursor.held > heldBefore)
    report(cursor, token, "a for inside a for says nothing more; keep one of them");
  cursor.held++;
  if (!cursor.phases.has("rollout")) cursor.phases.set("rollout", { written: "for", token });
  return { kind: "for", part, seconds };
}

function heldSeconds(token: Token): number {
  const milliseconds = token.kind === "number" ? parseMilliseconds(token.text) : undefined;
  if (milliseconds === undefined) {
    const suggestions = token.kind === "number" && /^\d{1,4}$/.test(token.text) ? [`${token.text}m`] : [];
    const meant = suggestions.length > 0 ? `; did you mean ${suggestions[0]}?` : "";
    throw new Unreadable(
      token,
      `expected a time such as 3m or 90s after for, found ${found(token)}${meant}`,
      suggestions,
    );
  }
  const seconds = milliseconds / 1000;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestHeldSeconds) {
    throw new Unreadable(token, "for takes whole seconds, from 1s to 1d");
  }
  return seconds;
}

/** primary := "(" condition ")" | test */
function primary(cursor: Cursor): Condition {
  const open = peek(cursor);
  if (!take(cursor, "(")) return test(cursor);
  return deeper(cursor, open, () => {
    const inner = condition(cursor);
    if (take(cursor, ")")) return inner;
    const token = peek(cursor);
    if (token.kind === "end" || isPlain(token, "then") || isPlain(token, "rule")) {
      throw new Unreadable(open, "this parenthesis is not closed");
    }
    throw new Unreadable(token, `expected and, or or ) here, found ${found(token)}`);
  });
}

/** Parts joined by one word; a part that is joined by the same word in parentheses is taken in. */
function joined(cursor: Cursor, kind: "and" | "or", read: Read): { whole: Condition; starts: Token[] } {
  const parts: Condition[] = [];
  const starts: Token[] = [];
  do {
    const start = peek(cursor);
    const part = read(cursor);
    for (const one of part.kind === kind ? part.parts : [part]) {
      parts.push(one);
      starts.push(start);
    }
  } while (take(cursor, kind));
  const [only] = parts;
  return { whole: parts.length === 1 && only !== undefined ? only : { kind, parts }, starts };
}

/** Recursion is bounded, so that no text can use up the stack. */
function deeper(cursor: Cursor, token: Token, read: () => Condition): Condition {
  if (cursor.depth >= deepest) {
    throw new Unreadable(token, `conditions nest at most ${deepest} deep; split this rule into several`);
  }
  cursor.depth++;
  const inner = read();
  cursor.depth--;
  return inner;
}

/** A condition that has to end here. */
export function wholeCondition(cursor: Cursor): Condition {
  const whole = condition(cursor);
  const token = peek(cursor);
  if (isPlain(token, ")")) throw new Unreadable(token, "no parenthesis is open here");
  return whole;
}
