import * as z from "zod";
import { plain } from "../../render/escape.ts";
import { type Verdict, verdicts } from "../verdict.ts";

/** What a controller of rollouts is told of a comparison, the same whichever controller asks. */
export const gateAnswer = z.strictObject({
  verdict: z.enum(verdicts),
  score: z
    .number()
    .nullable()
    .describe("0–100: the weight of metrics that are healthy, of all; null where nothing was measured."),
  reason_code: z.string(),
  reason: z.string(),
  at_window: z.int().min(0).describe("Windows that were looked at; 0 before the first one is over."),
  windows_planned: z.int().min(0),
  id: z.string().describe("Name of the comparison."),
  link: z.string().optional().describe("Where its verdict.json is, for the same token."),
});
export type GateAnswer = z.infer<typeof gateAnswer>;

type Place = Pick<GateAnswer, "id" | "link">;

export function answerOf(verdict: Verdict, place: Place): GateAnswer {
  const { baseline, reason } = verdict;
  // Where there is no baseline, its sentence says what to do about it.
  const whole = baseline.kind === "none" ? `${reason} ${baseline.sentence}` : reason;
  return {
    verdict: verdict.verdict,
    score: scoreOf(verdict),
    reason_code: verdict.reason_code,
    reason: plain(whole, 1000),
    at_window: verdict.at_window,
    windows_planned: verdict.windows_planned,
    ...place,
  };
}

/** Where there is no verdict yet, or none to be had: neither for the candidate nor against it. */
export function holding(about: Place & Partial<GateAnswer>, reasonCode: string, reason: string): GateAnswer {
  return {
    score: null,
    at_window: 0,
    windows_planned: 0,
    ...about,
    verdict: "hold",
    reason_code: reasonCode,
    reason: plain(reason, 1000),
  };
}

function scoreOf({ metrics }: Verdict): number | null {
  if (metrics.every(({ state }) => state === "unknown")) return null;
  const weightOf = (some: Verdict["metrics"]): number => some.reduce((sum, { weight }) => sum + weight, 0);
  const whole = weightOf(metrics);
  if (whole <= 0) return null;
  return Math.round((1000 * weightOf(metrics.filter(({ state }) => state === "healthy"))) / whole) / 10;
}
