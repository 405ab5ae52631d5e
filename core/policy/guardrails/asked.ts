import { checkComparison, checkText, type Finding, finding, usage } from "./check.ts";
import { type Cursor, expect, found, isPlain, next, peek, report, take, Unreadable } from "./cursor.ts";
import { quoted } from "./error.ts";
import type { Token } from "./lexer.ts";
import { numberLiteral } from "./literal.ts";
import type { NameSpec } from "./name.ts";
import { allSpellings, canonicalName, nameSpec } from "./names.ts";
import { listOfNames } from "./names-list.ts";
import { didYouMean, nearest } from "./suggest.ts";
import { type ComparisonOperator, comparisonOperators, type Literal, type Test } from "./tree.ts";

const keywords = new Set(["rule", "when", "then", "and", "or", "not", "in", "matches", "for"]);
const mostValues = 1000;
/** What may follow a name that is a condition of its own. */
const standAlone = ["and", "or", "then", "for", ")", "rule"];
const operatorList = `operators are ${comparisonOperators.join(", ")}, in and matches`;

/** A name as it was written; without a spec it is unknown, said already, and checked no further. */
type Name = { name: string; spec?: NameSpec; token: Token };

/** test := name [operator literal | ["not"] "in" list | "matches" text] | literal operator name | text "in" name */
export function test(cursor: Cursor): Test {
  const token = peek(cursor);
  if (token.kind === "string" || token.kind === "number") return literalFirst(cursor);
  const subject = nameHere(cursor);
  const operator = operatorHere(cursor);
  if (operator !== undefined) return comparison(cursor, subject, operator);
  if (isPlain(peek(cursor), "in")) return oneOf(cursor, subject);
  if (take(cursor, "matches")) return matching(cursor, subject);
  const { name, spec } = subject;
  const following = peek(cursor);
  if (following.kind !== "end" && !standAlone.some((text) => isPlain(following, text))) {
    throw new Unreadable(
      following,
      `expected an operator after ${subject.token.text}, found ${found(following)}; ${operatorList}`,
    );
  }
  if (spec !== undefined && spec.type !== "boolean") report(cursor, token, usage(subject.token.text, spec));
  return { kind: "compare", name, operator: "==", value: { kind: "boolean", value: true } };
}

/** `70 < risk_score` is turned round, so that the tree knows one way to say it. */
function literalFirst(cursor: Cursor): Test {
  const token = peek(cursor);
  const value = literalHere(cursor);
  if (value.kind === "text" && take(cursor, "in")) return holding(cursor, value.value, token);
  const operator = operatorHere(cursor);
  if (operator === undefined) {
    const after = value.kind === "text" ? "==, != or in" : "<, <=, >, >=, == or !=";
    throw new Unreadable(
      peek(cursor),
      `expected ${after} after ${quoted(token.text)}, found ${found(peek(cursor))}`,
    );
  }
  const subject = nameHere(cursor);
  return checkedComparison(cursor, subject, turned[operator], value, token);
}

const turned: Record<ComparisonOperator, ComparisonOperator> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function comparison(cursor: Cursor, subject: Name, operator: ComparisonOperator): Test {
  const token = peek(cursor);
  return checkedComparison(cursor, subject, operator, literalHere(cursor), token);
}

function checkedComparison(
  cursor: Cursor,
  { name, spec, token: subject }: Name,
  operator: ComparisonOperator,
  value: Literal,
  token: Token,
): Test {
  if (spec !== undefined) complain(cursor, token, checkComparison(subject.text, spec, operator, value));
  const chained = peek(cursor);
  if (operatorOf(chained) !== undefined) {
    throw new Unreadable(chained, "comparisons do not chain; write them one by one with and between");
  }
  return { kind: "compare", name, operator, value };
}

function oneOf(cursor: Cursor, { name, spec, token: subject }: Name): Test {
  next(cursor);
  const open = expect(cursor, "[", `after in, as in ${subject.text} in ["a", "b"]`);
  const values: string[] = [];
  if (spec !== undefined && spec.type !== "text")
    complain(cursor, subject, finding(usage(subject.text, spec)));
  while (!take(cursor, "]")) {
    const token = next(cursor);
    if (token.kind !== "string")
      throw new Unreadable(token, `expected a text in double quotes in the list, found ${found(token)}`);
    if (spec?.type === "text") complain(cursor, token, checkText(subject.text, spec, token.value));
    values.push(token.value);
    if (!take(cursor, ",") && !isPlain(peek(cursor), "]")) {
      throw new Unreadable(peek(cursor), `expected , or ] in the list, found ${found(peek(cursor))}`);
    }
  }
  if (values.length === 0) report(cursor, open, "this list is empty, so the condition is never true");
  if (values.length > mostValues) report(cursor, open, `a list holds at most ${mostValues} texts`);
  return { kind: "one-of", name, values };
}

function holding(cursor: Cursor, value: string, token: Token): Test {
  if (isPlain(peek(cursor), "[")) {
    throw new Unreadable(
      peek(cursor),
      `expected the name of a list after in, as in ${quoted(value)} in platforms`,
    );
  }
  const { name, spec, token: subject } = nameHere(cursor);
  if (spec !== undefined && spec.type !== "list")
    complain(cursor, subject, finding(usage(subject.text, spec)));
  else if (spec !== undefined) complain(cursor, token, checkText(subject.text, spec, value));
  return { kind: "holds", name, value };
}

function matching(cursor: Cursor, { name, spec, token: subject }: Name): Test {
  const token = next(cursor);
  if (token.kind !== "string") {
    throw new Unreadable(token, `expected a text such as "release/*" after matches, found ${found(token)}`);
  }
  if (spec?.type === "number" || spec?.type === "boolean")
    complain(cursor, subject, finding(usage(subject.text, spec)));
  return { kind: "matches", name, glob: token.value };
}

function nameHere(cursor: Cursor): Name {
  const token = next(cursor);
  if (token.kind !== "word" || keywords.has(token.text)) {
    throw new Unreadable(token, `expected a name such as risk_score, found ${found(token)}`);
  }
  const name = canonicalName(token.text);
  const spec = name === undefined ? undefined : nameSpec(name);
  if (name === undefined || spec === undefined) {
    unknownName(cursor, token);
    return { name: token.text, token };
  }
  if (spec.phase !== "both" && !cursor.phases.has(spec.phase)) {
    cursor.phases.set(spec.phase, { written: token.text, token });
  }
  return { name, spec, token };
}

function unknownName(cursor: Cursor, token: Token): void {
  const suggestions = nearest(token.text, [...allSpellings(), "and", "or", "not"]);
  const message = `unknown name ${quoted(token.text)}${didYouMean(suggestions)}`;
  const lists = `known at decision time: ${listOfNames("decision")}; known during a rollout: ${listOfNames("rollout")}`;
  report(cursor, token, suggestions.length > 0 ? message : `${message}; ${lists}`, suggestions);
}

function literalHere(cursor: Cursor): Literal {
  const token = next(cursor);
  if (token.kind === "string") return { kind: "text", value: token.value };
  if (token.kind === "number") {
    const literal = numberLiteral(token.text);
    if (literal.kind === "problem") throw new Unreadable(token, literal.problem);
    return literal;
  }
  if (token.text === "true" || token.text === "false")
    return { kind: "boolean", value: token.text === "true" };
  const isName = token.kind === "word" && !keywords.has(token.text);
  const known = canonicalName(token.text) !== undefined;
  const remedy = known
    ? "; a name compares with a value, not with another name"
    : "; text stands in double quotes";
  throw new Unreadable(token, `expected a value, found ${found(token)}${isName ? remedy : ""}`);
}

function operatorHere(cursor: Cursor): ComparisonOperator | undefined {
  const operator = operatorOf(peek(cursor));
  if (operator !== undefined) cursor.index++;
  return operator;
}

function operatorOf(token: Token): ComparisonOperator | undefined {
  return token.kind === "symbol"
    ? comparisonOperators.find((operator) => operator === token.text)
    : undefined;
}

function complain(cursor: Cursor, token: Token, found: Finding | undefined): void {
  if (found !== undefined) report(cursor, token, found.message, found.suggestions);
}
