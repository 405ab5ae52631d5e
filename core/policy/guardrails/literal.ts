import { formatMilliseconds, parseMilliseconds } from "../duration.ts";
import type { NameSpec } from "./name.ts";
import type { Literal } from "./tree.ts";

const numberText = /^-?\d{1,15}(?:\.\d{1,9})?$/;

/** The literal of a number token, or what is wrong with it. */
export function numberLiteral(text: string): Literal | { kind: "problem"; problem: string } {
  if (numberText.test(text)) return { kind: "number", value: plainNumber(text) };
  if (text.endsWith("%") && numberText.test(text.slice(0, -1))) {
    return { kind: "percent", value: plainNumber(text.slice(0, -1)) };
  }
  const times = /^(\d{1,6}(?:\.\d{1,9})?)x_baseline$/.exec(text)?.[1];
  if (times !== undefined) {
    if (Number(times) > 0) return { kind: "baseline", times: Number(times) };
    return { kind: "problem", problem: "a multiple of the baseline is above 0, for example 2x_baseline" };
  }
  const milliseconds = parseMilliseconds(text);
  if (milliseconds !== undefined) return { kind: "duration", milliseconds };
  const multiple = /^(\d{1,6}(?:\.\d{1,9})?)x/.exec(text)?.[1];
  const meant = multiple === undefined ? "" : `; did you mean ${multiple}x_baseline?`;
  return {
    kind: "problem",
    problem: `this is not a number; numbers are written like 70, 0.5, 5%, 3m, 300ms or 2x_baseline${meant}`,
  };
}

/** -0 is 0, so that a tree has one text. */
function plainNumber(text: string): number {
  return Number(text) + 0;
}

/** The literal as text that parses to the same literal. */
export function literalText(literal: Literal): string {
  switch (literal.kind) {
    case "number":
      return decimalText(literal.value);
    case "percent":
      return `${decimalText(literal.value)}%`;
    case "duration":
      return formatMilliseconds(literal.milliseconds);
    case "baseline":
      return `${decimalText(literal.times)}x_baseline`;
    case "text":
      return stringText(literal.value);
    case "boolean":
      return String(literal.value);
  }
}

export function stringText(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Without an exponent, which the language has not; literals have nine decimals at most. */
function decimalText(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(9).replace(/0+$/, "") : text;
}

/** The number that a literal is in the unit of a name; undefined where it cannot be compared with that unit. */
export function inUnitOf(spec: NameSpec, literal: Literal): number | undefined {
  if (spec.type !== "number") return undefined;
  switch (literal.kind) {
    case "number":
      return spec.unit === "duration" ? undefined : literal.value;
    case "percent":
      if (spec.unit === "share") return literal.value / 100;
      return spec.unit === "percent" ? literal.value : undefined;
    case "duration":
      if (spec.unit === "milliseconds") return literal.milliseconds;
      if (spec.unit === "duration") return literal.milliseconds / 1000;
      return spec.unit === "days" ? literal.milliseconds / 86_400_000 : undefined;
    default:
      return undefined;
  }
}
