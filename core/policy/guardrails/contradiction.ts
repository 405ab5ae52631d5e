import { environmentSpellings } from "../match.ts";
import { inUnitOf } from "./literal.ts";
import { nameSpec } from "./names.ts";
import type { Condition, Test } from "./tree.ts";

type Range = { least: number; most: number; leastOpen: boolean; mostOpen: boolean };

/**
 * Index of the first part that can never be true together with the parts before it, such as `risk_score < 20` after
 * `risk_score > 80`. Looks at plain comparisons only: a missed contradiction is a rule that never fires, as before.
 */
export function contradictingPart(parts: readonly Condition[]): number | undefined {
  const ranges = new Map<string, Range>();
  const texts = new Map<string, string | boolean>();
  for (const [index, part] of parts.entries()) {
    if (part.kind !== "compare") continue;
    if (clashes(part, ranges, texts)) return index;
  }
  return undefined;
}

function clashes(
  part: Test & { kind: "compare" },
  ranges: Map<string, Range>,
  texts: Map<string, string | boolean>,
): boolean {
  const { name, operator, value: literal } = part;
  if (literal.kind === "text" || literal.kind === "boolean") {
    if (operator !== "==") return false;
    const value = name === "env" ? (environmentSpellings(String(literal.value))[0] ?? "") : literal.value;
    const before = texts.get(name);
    texts.set(name, before ?? value);
    return before !== undefined && before !== value;
  }
  const spec = nameSpec(name);
  const value = spec === undefined ? undefined : inUnitOf(spec, literal);
  if (value === undefined || operator === "!=") return false;
  const range = ranges.get(name) ?? {
    least: Number.NEGATIVE_INFINITY,
    most: Number.POSITIVE_INFINITY,
    leastOpen: false,
    mostOpen: false,
  };
  if (operator !== "<" && operator !== "<=") raise(range, value, operator === ">");
  if (operator !== ">" && operator !== ">=") lower(range, value, operator === "<");
  ranges.set(name, range);
  return range.least > range.most || (range.least === range.most && (range.leastOpen || range.mostOpen));
}

function raise(range: Range, value: number, open: boolean): void {
  if (value < range.least || (value === range.least && range.leastOpen)) return;
  range.least = value;
  range.leastOpen = open;
}

function lower(range: Range, value: number, open: boolean): void {
  if (value > range.most || (value === range.most && range.mostOpen)) return;
  range.most = value;
  range.mostOpen = open;
}
