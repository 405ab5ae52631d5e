import { optional } from "../optional.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { afterWindow, atStart, type Standing, type WindowSign } from "./rules/hysteresis.ts";
import type { Demand } from "./rules/strictest.ts";
import { analyzerSentences } from "./sentences.ts";
import { metricStateAt, type StateAt } from "./state.ts";
import { type GoesOnBy, goesOn, type StepAsks } from "./step-asks.ts";
import type { Track } from "./track.ts";
import type { GuardrailAnswer, VerdictReason, VerdictWord } from "./verdict.ts";

/** What the rules say of a window, from 0. */
export type WindowRules = (window: number) => {
  demand?: Demand;
  answers: GuardrailAnswer[];
  warnings: string[];
};

/** What all windows come to, before it is written down as a document. */
export type Judged = {
  verdict: VerdictWord;
  reason: VerdictReason;
  sentence: string;
  /** Windows that were looked at until the verdict stood. */
  atWindow: number;
  windowsPlanned: number;
  healthyInARow: number;
  missing: string[];
  demand?: Demand;
  guardrails: GuardrailAnswer[];
  warnings: string[];
  tracks: Track[];
  states: StateAt[];
};

type Answer = Pick<Judged, "verdict" | "reason" | "sentence" | "missing">;

/** Windows in order, each looked at once; a rollback or a promotion is final. */
export function verdictAfter(
  tracks: Track[],
  policy: AnalysisPolicy,
  { windowsPlanned, rules, step }: { windowsPlanned?: number; rules?: WindowRules; step?: StepAsks },
): Judged {
  const measured = Math.max(0, ...tracks.map(({ pairs }) => pairs.length));
  const planned = Math.max(windowsPlanned ?? measured, measured, 1);
  const { healthyWindows } = policy;
  const asks: StepAsks = step ?? { from: 0, until: planned, healthyWindows, on: "evidence" };
  let standing: Standing = atStart;
  let states: StateAt[] = [];
  let said: ReturnType<WindowRules> = { answers: [], warnings: [] };
  let heldBy: Demand | undefined;
  let goes: Judged | undefined;
  const finish = (window: number, answer: Answer): Judged => ({
    ...answer,
    atWindow: Math.max(1, window + 1),
    windowsPlanned: asks.on === "nothing" || step === undefined ? planned : Math.max(asks.until, window + 1),
    healthyInARow: standing.healthy_in_a_row,
    guardrails: said.answers,
    warnings: said.warnings,
    ...optional("demand", said.demand),
    tracks,
    states,
  });
  for (let window = 0; window < measured; window++) {
    states = tracks.map((track) => metricStateAt(track, window));
    said = rules?.(window) ?? said;
    if (said.demand?.action === "hold") heldBy = said.demand;
    const harm = harmOf(states, tracks, window);
    const sign = signOf(states, said.demand, harm !== undefined);
    if (window === asks.from) standing = { ...standing, healthy_in_a_row: 0 };
    standing = afterWindow(standing, sign);
    if (harm) return finish(window, harm);
    if (said.demand?.action === "rollback")
      return finish(window, {
        verdict: "rollback",
        reason: said.demand.reason_code,
        sentence: said.demand.sentence,
        missing: [],
      });
    const on = goesOn(asks, window, { standing, states, tracks, demand: said.demand });
    if (on === undefined) continue;
    const going = finish(window, { verdict: "promote", missing: [], ...on });
    if (step === undefined) return going;
    // Whoever looks late does not go on past harm that later windows show.
    goes ??= going;
  }
  if (goes !== undefined) return goes;
  // A hold outlasts its cause by a window, so that it does not come and go.
  const demand = said.demand ?? (standing.word === "hold" ? heldBy : undefined);
  return finish(
    measured - 1,
    unsettled(
      tracks,
      states,
      standing,
      { ...policy, healthyWindows: asks.healthyWindows },
      measured >= asks.until,
      demand,
      asks.on,
    ),
  );
}

/** One critical metric takes the candidate back alone, others by their weight together. */
function harmOf(states: readonly StateAt[], tracks: readonly Track[], window: number): Answer | undefined {
  const worse = states.filter(({ state }) => state === "worse");
  if (worse.length === 0) return undefined;
  const critical = worse.find(({ track }) => track.policy.critical);
  const weightOf = (some: readonly StateAt[]): number =>
    some.reduce((sum, { track }) => sum + (track.policy.critical ? 0 : track.policy.weight), 0);
  const others = weightOf(states);
  if (critical === undefined && (others === 0 || weightOf(worse) < others / 2)) return undefined;
  const deciding = critical ?? [...worse].sort((left, right) => right.nearness - left.nearness)[0];
  if (!deciding) return undefined;
  const { evidence, worseFrom } = deciding.track;
  const before = window === 0 ? 0 : (evidence[window - 1] ?? 0);
  const leap = (evidence[window] ?? 0) - Math.max(0, before);
  const spike = leap >= (worseFrom[window] ?? Number.POSITIVE_INFINITY);
  const reason = spike
    ? "sharp-spike"
    : critical && tracks.some(({ policy }) => !policy.critical)
      ? "critical-metric"
      : "evidence-of-harm";
  return {
    verdict: "rollback",
    reason,
    sentence: analyzerSentences.worse(deciding, window),
    missing: [],
  };
}

function signOf(states: readonly StateAt[], demand: Demand | undefined, harm: boolean): WindowSign {
  if (harm || demand?.action === "rollback") return "rollback";
  // A rule that waits for data makes the window a missing one: what was healthy before it stays counted.
  if (demand?.action === "hold") return demand.reason_code === "no-data" ? "missing" : "hold";
  if (demand?.action === "slow") return "slow";
  if (states.some(({ state }) => state === "marginal" || state === "worse")) return "slow";
  const asked = states.filter(({ ignored }) => !ignored);
  if (asked.length === 0 || asked.some(({ measured }) => !measured)) return "missing";
  return "healthy";
}

/** Nothing final yet: what is missing, and what policy wants once there is no time left. Never a promotion. */
function unsettled(
  tracks: readonly Track[],
  states: readonly StateAt[],
  standing: Standing,
  policy: AnalysisPolicy,
  atDeadline: boolean,
  demand: Demand | undefined,
  on: GoesOnBy,
): Answer {
  const missing = states.flatMap((state) => analyzerSentences.missing(state, policy) ?? []);
  const answer = waitingAnswer(tracks, states, standing, policy, missing, demand, on);
  if (!atDeadline || answer.verdict !== "hold" || policy.atDeadline === "hold") return answer;
  return {
    ...answer,
    verdict: policy.atDeadline,
    reason: "deadline",
    sentence: `No window is left, and policy then says ${policy.atDeadline}: ${answer.sentence}`,
  };
}

function waitingAnswer(
  tracks: readonly Track[],
  states: readonly StateAt[],
  standing: Standing,
  policy: AnalysisPolicy,
  missing: string[],
  demand: Demand | undefined,
  on: GoesOnBy,
): Answer {
  const hold = (reason: VerdictReason, sentence: string): Answer => ({
    verdict: "hold",
    reason,
    sentence,
    missing,
  });
  const asked = states.filter(({ ignored }) => !ignored);
  if (asked.length === 0) return hold("no-data", "No metric was measured.");
  const blind = asked.filter(({ counted }) => counted === 0);
  if (on !== "time" && blind.some(({ track }) => track.policy.noData === "rollback"))
    return { ...hold("no-data", analyzerSentences.blind(blind)), verdict: "rollback" };
  if (demand && demand.action !== "rollback")
    return { verdict: demand.action, reason: demand.reason_code, sentence: demand.sentence, missing };
  if (blind.length > 0) {
    const oneSided = blind.some(({ oneSided }) => oneSided);
    return hold(oneSided ? "one-sided-data" : "no-data", analyzerSentences.blind(blind));
  }
  const marginal = states.filter(({ state }) => state === "marginal" || state === "worse");
  if (marginal.length > 0 || standing.word === "slow") {
    const most = [...(marginal.length ? marginal : states)].sort(
      (left, right) => right.nearness - left.nearness,
    )[0];
    return {
      verdict: "slow",
      reason: "marginal",
      sentence: most ? analyzerSentences.marginal(most) : "",
      missing,
    };
  }
  const unsure = asked.filter(({ state }) => state !== "healthy");
  if (unsure.length > 0) {
    const thin = unsure.some(({ counted }) => counted < policy.healthyWindows);
    return hold(thin ? "not-enough-data" : "not-enough-evidence", missing.join(" "));
  }
  return hold(
    "too-few-healthy-windows",
    analyzerSentences.tooFew(standing.healthy_in_a_row, policy, tracks.length),
  );
}
