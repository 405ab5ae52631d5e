import type { Contributor } from "../decision/shape.ts";

/** What a contributor shows: whole points that still add up to the score. */
export type PrintedReason = {
  kind: "reason" | "cap" | "rounding";
  name: string;
  sentence: string;
  value?: Contributor["value"];
  typical?: Contributor["typical"];
  points: number;
};

type Scored = {
  risk_score: number;
  reference_score: number;
  contributors: readonly Contributor[];
};

/**
 * Whole points by the largest remainder: each contributor is floored, and the points still missing go to those
 * that lost most. The contributor `rounding` is what this replaces. Reasons that come to 0 are left out.
 * Example: 1.4 + 1.4 + 1.2 = 4 prints as 2 + 1 + 1.
 */
export function printedReasons(answer: Scored): PrintedReason[] {
  const target = answer.risk_score - answer.reference_score;
  const exact = answer.contributors.filter((contributor) => contributor.name !== "rounding");
  const whole = exact.map((contributor) => Math.floor(finite(contributor.points)));
  const missing = target - whole.reduce((sum, points) => sum + points, 0);
  const byLoss = exact
    .map((contributor, index) => ({ index, loss: finite(contributor.points) - (whole[index] ?? 0) }))
    .sort((left, right) => right.loss - left.loss || left.index - right.index);
  const given = Math.min(Math.max(0, missing), exact.length);
  for (const { index } of byLoss.slice(0, given)) whole[index] = (whole[index] ?? 0) + 1;

  const reasons = exact.map((contributor, index): PrintedReason => {
    const { name, sentence, value, typical } = contributor;
    return {
      kind: name === "cap" ? "cap" : "reason",
      name,
      sentence,
      value,
      typical,
      points: whole[index] ?? 0,
    };
  });
  if (missing !== given) {
    reasons.push({ kind: "rounding", name: "rounding", sentence: "Rounding", points: missing - given });
  }
  return reasons.filter((reason) => reason.points !== 0).sort(forReading);
}

/** What raises comes first, the largest on top; then what lowers; the cap and rounding close the sum. */
function forReading(left: PrintedReason, right: PrintedReason): number {
  return group(left) - group(right) || Math.abs(right.points) - Math.abs(left.points);
}

function group(reason: PrintedReason): number {
  if (reason.kind !== "reason") return 2;
  return reason.points > 0 ? 0 : 1;
}

function finite(points: number): number {
  return Number.isFinite(points) ? points : 0;
}

/** The reasons that fit into so many rows, largest first, and what the others come to together. */
export type ShownReasons = { rows: PrintedReason[]; rest?: { count: number; points: number } };

export function topReasons(reasons: readonly PrintedReason[], most: number): ShownReasons {
  if (reasons.length <= most) return { rows: [...reasons] };
  const closing = reasons.filter((reason) => reason.kind !== "reason");
  const largest = reasons
    .filter((reason) => reason.kind === "reason")
    .sort((left, right) => Math.abs(right.points) - Math.abs(left.points))
    .slice(0, Math.max(1, most - closing.length - 1));
  const rows = [...largest, ...closing].sort(forReading);
  const shown = rows.reduce((sum, reason) => sum + reason.points, 0);
  const all = reasons.reduce((sum, reason) => sum + reason.points, 0);
  return { rows, rest: { count: reasons.length - rows.length, points: all - shown } };
}

/** The scale of the bars: the cap may be larger than any reason, and would make them all look small. */
export function largestPoints({ rows, rest }: ShownReasons): number {
  const reasons = rows.filter((row) => row.kind === "reason").map((row) => Math.abs(row.points));
  return Math.max(1, ...reasons, Math.abs(rest?.points ?? 0));
}
