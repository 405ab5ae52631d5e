import * as z from "zod";
import { didYouMean, nearest } from "../suggest.ts";
import { printable, quoted } from "./quoted.ts";

/** What is wrong with a value, in words for the person who wrote it; the place is added by the caller. */
export function issueSentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, issue.input);
    case "invalid_value":
      return notOneOf(issue.input, issue.values.map(String));
    case "too_big":
      return outOfBounds("most", issue.origin, issue.maximum, issue.inclusive !== false, issue.input);
    case "too_small":
      return outOfBounds("least", issue.origin, issue.minimum, issue.inclusive !== false, issue.input);
    case "invalid_format":
      return `${quoted(issue.input)} is not ${formatNames.get(issue.format) ?? `in the form ${issue.pattern ?? issue.format}`}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? "this name is not allowed here";
    case "invalid_union":
      return unionSentence(issue);
    default:
      return issue.message ?? "this value is not allowed here";
  }
}

const formatNames = new Map([
  ["datetime", "an instant such as 2026-03-02T14:00:00Z or 2026-03-02T14:00:00+01:00"],
]);

const typeNames = new Map([
  ["object", "a mapping (lines of key: value)"],
  ["record", "a mapping (lines of key: value)"],
  ["array", "a list"],
  ["tuple", "a list"],
  ["string", "text"],
  ["number", "a number"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
]);

function typeName(expected: string): string {
  return typeNames.get(expected) ?? expected;
}

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return "is missing";
  if (input === null) return `is empty; give ${typeName(expected)} or remove it`;
  const sentence = `must be ${typeName(expected)}, not ${quoted(input)}`;
  if (expected === "string" && typeof input !== "object") return `${sentence}; put it in quotes`;
  if ((expected === "number" || expected === "int") && isNumberInQuotes(input))
    return `${sentence}; remove the quotes`;
  return sentence;
}

function isNumberInQuotes(input: unknown): boolean {
  return typeof input === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(input);
}

function notOneOf(input: unknown, allowed: string[]): string {
  const [only] = allowed;
  if (input === undefined)
    return allowed.length === 1 ? `is missing; it is ${only}` : `is missing; one of ${allowed.join(", ")}`;
  if (allowed.length === 1) return `must be ${only}, not ${quoted(input)}`;
  const suggestion = typeof input === "string" ? nearest(input, allowed) : undefined;
  const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  return `${quoted(input)} is not one of ${allowed.join(", ")}${hint}`;
}

function outOfBounds(
  side: "most" | "least",
  origin: string,
  bound: number | bigint,
  inclusive: boolean,
  input: unknown,
): string {
  if (origin === "array") return `must hold at ${side} ${bound} ${Number(bound) === 1 ? "item" : "items"}`;
  if (origin === "string")
    return `must be at ${side} ${bound} ${Number(bound) === 1 ? "character" : "characters"} long`;
  if (inclusive) return `must be at ${side} ${bound}, not ${quoted(input)}`;
  return `must be ${side === "most" ? "below" : "above"} ${bound}, not ${quoted(input)}`;
}

type UnionIssue = Extract<z.core.$ZodRawIssue, { code: "invalid_union" }>;

function unionSentence(issue: UnionIssue): string {
  if (issue.discriminator !== undefined && "options" in issue && Array.isArray(issue.options)) {
    const { input } = issue;
    const given: unknown =
      typeof input === "object" && input !== null ? Reflect.get(input, issue.discriminator) : undefined;
    return notOneOf(given, issue.options.map(String));
  }
  const expected = issue.errors.flatMap((errors) => errors.filter((error) => error.path.length === 0));
  const names = expected.map((error) =>
    error.code === "invalid_type" ? typeName(error.expected) : error.message,
  );
  return `must be ${names.join(" or ")}, not ${quoted(issue.input)}`;
}

/** Keys that the schema which complains of an unknown one would take. */
export function allowedKeys(issue: z.core.$ZodRawIssue): string[] {
  const { inst } = issue;
  if (inst instanceof z.ZodObject) return Object.keys(inst.shape).filter((key) => key !== "$schema");
  if (inst instanceof z.ZodRecord && inst.keyType instanceof z.ZodEnum)
    return inst.keyType.options.map(String);
  return [];
}

export function unknownKey(key: string, allowed: string[]): string {
  const listed = allowed.length === 0 ? "" : ` Allowed here: ${allowed.join(", ")}`;
  return `unknown key "${printable(key)}"${didYouMean(key, allowed) || ";"}${listed}`;
}
