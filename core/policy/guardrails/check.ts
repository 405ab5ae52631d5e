import { quoted } from "./error.ts";
import { inUnitOf, literalText } from "./literal.ts";
import type { NameSpec } from "./name.ts";
import { hasBaseline } from "./names.ts";
import { didYouMean, nearest } from "./suggest.ts";
import type { ComparisonOperator, Literal } from "./tree.ts";

export type Finding = { message: string; suggestions: string[] };

/** What is wrong with `name operator literal`, undefined where nothing is. */
export function checkComparison(
  name: string,
  spec: NameSpec,
  operator: ComparisonOperator,
  literal: Literal,
): Finding | undefined {
  switch (spec.type) {
    case "list":
      return finding(`${name} is a list; write ${example(spec)} in ${name}`);
    case "boolean":
      if (literal.kind !== "boolean") return finding(`${name} is true or false; ${described(literal)}`);
      return equalityOnly(name, "true or false", operator);
    case "text":
      if (literal.kind !== "text") return finding(`${name} is text; ${described(literal)}`);
      return equalityOnly(name, "text", operator) ?? checkText(name, spec, literal.value);
    case "number":
      return checkNumber(name, spec, operator, literal);
  }
}

/** What is wrong with a text that a name is asked for: names with a closed set of values take no other. */
export function checkText(name: string, spec: NameSpec, value: string): Finding | undefined {
  if (spec.values === undefined || spec.values.includes(value)) return undefined;
  const suggestions = nearest(value, spec.values);
  const meant = didYouMean(suggestions.map((text) => `"${text}"`));
  return finding(
    `${name} holds ${listed(spec.values)}; ${quoted(value)} is none of them${meant}`,
    suggestions,
  );
}

/** How a name of this type is asked, for a reader who asked it otherwise. */
export function usage(name: string, spec: NameSpec): string {
  if (spec.type === "number")
    return `${name} is a number; compare it, for example ${name} > ${exampleNumber(spec)}`;
  if (spec.type === "list") return `${name} is a list; write ${example(spec)} in ${name}`;
  if (spec.type === "text")
    return `${name} is text; write ${name} == ${example(spec)}, in [${example(spec)}] or matches "glob*"`;
  return `${name} is true or false; write ${name} or not ${name}`;
}

function checkNumber(
  name: string,
  spec: NameSpec,
  operator: ComparisonOperator,
  literal: Literal,
): Finding | undefined {
  if (literal.kind === "text" || literal.kind === "boolean") {
    return finding(`${name} is a number; ${described(literal)}`);
  }
  if (literal.kind === "baseline") {
    if (!hasBaseline(name))
      return finding(`${name} has no baseline; only canary.* names compare with ${literalText(literal)}`);
    if (operator === "==" || operator === "!=")
      return finding("a multiple of the baseline compares with <, <=, > or >=");
    return undefined;
  }
  const value = inUnitOf(spec, literal);
  return value === undefined
    ? wrongUnit(name, spec, literal)
    : checkBounds(name, spec, operator, literal, value);
}

function wrongUnit(name: string, spec: NameSpec, literal: Literal): Finding {
  const written = literalText(literal);
  if (spec.unit === "duration" && literal.kind === "number") {
    const meant = literal.value > 0 && Number.isInteger(literal.value) ? [`${written}m`] : [];
    return finding(`${name} is a time, for example 90s or 5m${didYouMean(meant)}`, meant);
  }
  if (literal.kind === "percent") {
    const plain = literalText({ kind: "number", value: literal.value });
    return finding(`${name} is ${unitText(spec)}, not a share${didYouMean([plain])}`, [plain]);
  }
  return finding(`${name} is ${unitText(spec)}; ${written} is a time`);
}

function checkBounds(
  name: string,
  spec: NameSpec,
  operator: ComparisonOperator,
  literal: Literal,
  value: number,
): Finding | undefined {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = spec;
  const outside = value < least || value > most;
  const never = (operator === ">" && value >= most) || (operator === "<" && value <= least);
  if (spec.unit === "share" && literal.kind === "number" && value >= 1 && (outside || never)) {
    const meant = value <= 100 ? [`${literalText(literal)}%`] : [];
    return finding(`${name} is a share${didYouMean(meant)}`, meant);
  }
  // A bare 0.7 of 0–100 is nearly always a share by mistake; who means it writes 0.7%.
  if (isPercentLike(spec) && literal.kind === "number" && value > 0 && value < 1) {
    const meant = literalText({ kind: "number", value: Math.round(value * 1e9) / 1e7 });
    return finding(`${name} is ${unitText(spec)}; did you mean ${meant}?`, [meant]);
  }
  if (outside) return finding(`${name} is ${unitText(spec)}; ${literalText(literal)} is outside`);
  if (never)
    return finding(`${name} ${operator} ${literalText(literal)} is never true: ${name} is ${unitText(spec)}`);
  return undefined;
}

function isPercentLike(spec: NameSpec): boolean {
  return (spec.unit === "score" || spec.unit === "percent") && spec.most === 100 && (spec.least ?? 0) === 0;
}

/** "0–100", "0 or more", "a share, 0–100%". */
export function unitText({ unit, least, most }: NameSpec): string {
  const sign = unit === "share" ? 100 : 1;
  const tail = unit === "share" ? "%" : "";
  const kind =
    unit === "share" ? "a share, " : unit === "milliseconds" || unit === "duration" ? "a time, " : "";
  if (least !== undefined && most !== undefined) return `${kind}${least * sign}–${most * sign}${tail}`;
  if (most !== undefined) return `${kind}${most * sign}${tail} or less`;
  return least === undefined ? `${kind}a number` : `${kind}${least * sign}${tail} or more`;
}

function equalityOnly(name: string, type: string, operator: ComparisonOperator): Finding | undefined {
  if (operator === "==" || operator === "!=") return undefined;
  return finding(`${name} is ${type}; it compares with == or !=, not with ${operator}`);
}

function described(literal: Literal): string {
  if (literal.kind === "text") return `${quoted(literal.value)} is text`;
  if (literal.kind === "boolean") return `${literal.value} is not`;
  return `${literalText(literal)} is a number`;
}

function example(spec: NameSpec): string {
  return `"${spec.values?.[spec.values.length - 1] ?? "name"}"`;
}

function exampleNumber({ unit }: NameSpec): string {
  if (unit === "share") return "5%";
  if (unit === "milliseconds") return "300ms";
  if (unit === "duration") return "5m";
  return unit === "score" || unit === "percent" ? "70" : "10";
}

function listed(values: readonly string[]): string {
  const texts = values.map((value) => `"${value}"`);
  return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

export function finding(message: string, suggestions: string[] = []): Finding {
  return { message, suggestions };
}
