import type { Measurements, MetricSeries } from "./measurements.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Where a verdict holds for want of data and one arm has nothing at all while the other has, that arm is named: most
 * often its version is misspelt, or its labels are others. A rule that waits for the same data does not hide it.
 */
export function namingSilentArm(verdict: Verdict, { metrics }: Pick<Measurements, "metrics">): Verdict {
  const { verdict: word, reason_code: code } = verdict;
  if (word !== "hold" || (code !== "no-data" && code !== "one-sided-data")) return verdict;
  const [candidate, baseline] = (["candidate", "baseline"] as const).map((arm) =>
    Object.values(metrics).every((series) => isSilent(series, arm)),
  );
  if (candidate === baseline) return verdict;
  const who = candidate ? named("candidate", verdict.candidate) : named("baseline", baselineText(verdict));
  const where = verdict.baseline.kind === "given" ? "in the recording" : "in the store";
  return { ...verdict, reason_code: "one-sided-data", reason: `The ${who} has no series ${where}.` };
}

/** Of another week nobody knows which version it was. */
function baselineText({ baseline, stable }: Verdict): string | undefined {
  return baseline.kind === "same-time" ? undefined : stable;
}

function named(arm: string, text: string | undefined): string {
  if (text === undefined) return arm;
  return `${arm}, ${text.includes("=") ? text : `version ${text}`},`;
}

function isSilent(series: MetricSeries, arm: "baseline" | "candidate"): boolean {
  const values = series.kind === "ratio" ? series[arm].total : series[arm];
  return values.every((value) => value === null);
}
