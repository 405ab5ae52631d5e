import { analyzer, type Context } from "./analyzer.ts";
import type { Judged } from "./conclude.ts";
import { judgeAsKayenta } from "./kayenta/judge.ts";
import type { Learnt } from "./learnt.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";

/** What every judge answers of a rollout, whichever policy asks for. */
export type Judge = (
  measurements: Measurements,
  context?: Context,
) => Pick<Judged, "verdict" | "reason" | "sentence" | "atWindow">;

/** The judge that policy asks for; Kayenta's learns nothing. */
export function judgeOf(policy: AnalysisPolicy, learnt: Learnt): Judge {
  const { kayenta } = policy;
  if (kayenta) return (measurements, context) => judgeAsKayenta(measurements, policy, kayenta, context);
  return analyzer(policy, learnt).judge;
}
