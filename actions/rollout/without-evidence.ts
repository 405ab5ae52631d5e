import { mayPass } from "../../adapters/telemetry/measure.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import type { UserError } from "../../core/errors.ts";
import type { Look } from "../../core/rollout/around.ts";
import { longestOfStep } from "../../core/rollout/course.ts";
import type { Word } from "./verdict-word.ts";
import type { Watched } from "./watched.ts";

/** What the configuration leaves open: nothing can be asked, whatever the rollout does. */
const unconfigured: ReadonlySet<string> = new Set(["nothing-to-measure", "telemetry-configuration"]);

/** Seconds until a store that did not answer is asked again. */
const pauseSeconds = 30;

/** Why there is no evidence, as an answer: what waiting may mend is waited for, until the step has no time left. */
export function withoutEvidence(
  error: UserError,
  { state: { plan }, step, since, baking }: Watched,
  policy: AnalysisPolicy,
  now: number,
): Look {
  const { message, reasonCode } = error;
  const again = (at: number) => ({ again: new Date(at).toISOString(), sentence: message });
  const waiting = (at: number): Look => ({ final: false, ...again(at) });
  const final = (verdict: Word["verdict"], reason_code: string, reason: string): Look => ({
    final: true,
    verdict: { verdict, reason_code, reason, at_window: 0 },
  });
  const soon = now + Math.min(pauseSeconds, policy.windowSeconds) * 1000;
  const wanted = plan.steps[step];
  if (baking || wanted === undefined)
    return unconfigured.has(reasonCode) ? waiting(soon) : { final: false, ...again(soon), blind: true };
  const begun = Date.parse(since);
  if (unconfigured.has(reasonCode)) {
    if (policy.lowTraffic !== "bake") return final("hold", "no-data", message);
    const over = begun + wanted.window_seconds * wanted.healthy_windows * 1000;
    if (now < over) return waiting(over);
    const reason = `The time of the step is over, and policy lets it pass without evidence. ${message}`;
    return final("promote", "not-compared", reason);
  }
  if (!mayPass(error)) return final("hold", reasonCode, message);
  const most = longestOfStep(wanted, policy.longestWindows, policy.windowSeconds) * policy.windowSeconds;
  if (now < begun + most * 1000) return waiting(soon);
  return final(policy.atDeadline, "no-data", `The step has no time left. ${message}`);
}
