import { wholeCondition } from "./condition.ts";
import { type Cursor, found, isPlain, mostErrors, next, peek, report, Unreadable } from "./cursor.ts";
import { quoted, type RuleError, ruleError, type Source, sourceOf } from "./error.ts";
import { formatAction, formatCondition } from "./format.ts";
import { type Token, tokensOf } from "./lexer.ts";
import { defaultStrategies, rule } from "./rule.ts";
import { didYouMean, nearest } from "./suggest.ts";
import type { Condition, Phase, Rule } from "./tree.ts";

const mostCharacters = 256 * 1024;
const mostRules = 1000;

/**
 * Reads a file of guardrails. Rules with an error are left out and the reading goes on at the next `rule`, so that
 * all errors are said at once. Whoever gets errors has no policy: a guardrail that is not understood is not obeyed.
 */
export function parseGuardrails(
  text: string,
  fileName: string,
  strategies: readonly string[] = defaultStrategies,
): { rules: Rule[]; errors: RuleError[] } {
  const source = sourceOf(fileName, text);
  if (text.length > mostCharacters) return { rules: [], errors: [tooLong(source)] };
  const cursor = cursorOf(source);
  const rules: Rule[] = [];
  const seen: Seen = { names: new Map(), bodies: new Map() };
  let count = 0;
  while (peek(cursor).kind !== "end" && cursor.errors.length < mostErrors) {
    if (++count > mostRules) {
      report(cursor, peek(cursor), `a file holds at most ${mostRules} rules`);
      break;
    }
    const from = cursor.index;
    const one = guarded(cursor, () => {
      beginning(cursor);
      return rule(cursor, strategies);
    });
    if (one !== undefined && isNew(cursor, one, cursor.tokens[from + 1], seen)) rules.push(one);
  }
  return { rules, errors: cursor.errors };
}

/** Where a condition stands: a file, and its line and column there if they are known. */
export type Where = string | { fileName: string; line?: number; column?: number };

/** Reads one condition, such as an override's `when`. Without a phase it is one of the decision. */
export function parseCondition(
  text: string,
  where: Where,
  phase: Phase = "decision",
): { condition: Condition; errors: [] } | { errors: RuleError[] } {
  const place = typeof where === "string" ? { fileName: where } : where;
  const source = sourceOf(place.fileName, text, place.line, place.column);
  if (text.length > mostCharacters) return { errors: [tooLong(source)] };
  const cursor = cursorOf(source);
  const read = guarded(cursor, () => {
    const condition = wholeCondition(cursor);
    const token = peek(cursor);
    if (token.kind !== "end")
      throw new Unreadable(token, `expected and, or or the end, found ${found(token)}`);
    const other: Phase = phase === "decision" ? "rollout" : "decision";
    const use = cursor.phases.get(other);
    if (use !== undefined) {
      report(
        cursor,
        use.token,
        `${use.written} belongs to the ${other}; this condition is one of the ${phase}`,
      );
    }
    return condition;
  });
  return read === undefined ? { errors: cursor.errors } : { condition: read, errors: [] };
}

function cursorOf(source: Source): Cursor {
  return {
    source,
    tokens: tokensOf(source.text),
    index: 0,
    depth: 0,
    held: 0,
    phases: new Map(),
    errors: [],
  };
}

/** Runs a reader over one rule; undefined, with the errors noted and the rest of the rule skipped, if it has any. */
function guarded<T>(cursor: Cursor, read: () => T): T | undefined {
  const from = cursor.index;
  const errorsBefore = cursor.errors.length;
  cursor.depth = 0;
  cursor.held = 0;
  cursor.phases.clear();
  try {
    const value = read();
    return cursor.errors.length === errorsBefore ? value : undefined;
  } catch (problem) {
    if (!(problem instanceof Unreadable)) throw problem;
    cursor.index = Math.max(cursor.index, from + 1);
    // The token that was not expected may be the next rule's first.
    if (
      isPlain(problem.token, "rule") &&
      cursor.tokens[cursor.index - 1] === problem.token &&
      cursor.index - 1 > from
    ) {
      cursor.index--;
    }
    while (peek(cursor).kind !== "end" && !isPlain(peek(cursor), "rule")) next(cursor);
    reportUnreadable(cursor, problem, from);
    return undefined;
  }
}

/** A character or text that could not be read explains what went wrong after it better than the parser does. */
function reportUnreadable(cursor: Cursor, problem: Unreadable, from: number): void {
  for (let index = from; index < cursor.index; index++) {
    const token = cursor.tokens[index];
    if (token?.kind !== "bad") continue;
    report(cursor, token, token.problem);
    return;
  }
  report(cursor, problem.token, problem.message, problem.suggestions);
}

function beginning(cursor: Cursor): void {
  const token = peek(cursor);
  if (isPlain(token, "rule")) return;
  const suggestions = nearest(token.text, ["rule"]);
  throw new Unreadable(
    token,
    `expected rule "name": when … then …, found ${found(token)}${didYouMean(suggestions)}`,
    suggestions,
  );
}

type Seen = { names: Map<string, Rule>; bodies: Map<string, Rule> };

function isNew(cursor: Cursor, one: Rule, at: Token = peek(cursor), { names, bodies }: Seen): boolean {
  const sameName = names.get(one.name);
  const body = `${formatCondition(one.condition)} then ${formatAction(one)}`;
  const sameBody = bodies.get(body);
  if (sameName !== undefined) {
    report(
      cursor,
      at,
      `the name ${quoted(one.name)} is taken by the rule on line ${sameName.line}; every rule has its own`,
    );
  } else if (sameBody !== undefined) {
    report(
      cursor,
      at,
      `this rule says the same as ${quoted(sameBody.name)} on line ${sameBody.line}; keep one of them`,
    );
  }
  names.set(one.name, sameName ?? one);
  bodies.set(body, sameBody ?? one);
  return sameName === undefined && sameBody === undefined;
}

function tooLong(source: Source): RuleError {
  return ruleError(
    source,
    0,
    1,
    "guardrails are at most 256 KiB long; split the bundle by service or drop rules",
  );
}
