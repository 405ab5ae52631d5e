import { mentions } from "../change/kinds.ts";
import type { LedgerEvent } from "../evidence/event.ts";
import { parseStream } from "../evidence/stream.ts";
import { believed, foldStream } from "../rollout/fold-stream.ts";
import { digestOf, type RolloutPlan } from "../rollout/plan.ts";
import type { RolloutState } from "../rollout/state.ts";
import type { Release } from "./release.ts";

export type OutcomeRules = {
  /** What is taken back so soon after its rollout ended has failed. */
  rollbackWithinSeconds: number;
  /** And what stood for so long went well. */
  stableForSeconds: number;
};
export const outcomeRules: OutcomeRules = { rollbackWithinSeconds: 24 * 3600, stableForSeconds: 72 * 3600 };

/** How one rollout went. Times in seconds since 1970. */
export type Outcome = {
  plan: RolloutPlan;
  openedAt: number;
  /** Undefined while it is under way. */
  endedAt: number | undefined;
  /** Since when it could be known how it went. */
  at: number;
  went: Release["went"];
  /** Whether its candidate runs there from then on. */
  stays: boolean;
};

/** Reasons of a verdict that want for evidence: the change is not judged by them. */
const unjudged = new Set([
  "no-data",
  "one-sided-data",
  "not-enough-data",
  "not-enough-evidence",
  "not-enough-power",
  "deadline",
  "cut-short",
]);
const sharedFaults = new Set(["shared-fault", "shared-fault-after-step"]);

type Heard = {
  /** What people said who took a rollout back. */
  aborts: Map<string, string[]>;
  /** When evidence first said that it had to go back. */
  missed: Map<string, number>;
};

/** Every rollout of a stream and how it went, in the order in which they were opened. */
export function outcomesOf(events: readonly LedgerEvent[], now: number, rules = outcomeRules): Outcome[] {
  const heard = heardIn(events);
  const outcomes: Outcome[] = [];
  const standing: Outcome[] = [];
  for (const state of foldStream(events).values()) {
    if (state.plan.kind === "back") {
      if (state.doing.kind === "ended") takeBack(state, standing, heard, rules);
      continue;
    }
    const outcome = outcomeOf(state, heard, now, rules);
    outcomes.push(outcome);
    if (outcome.stays) standing.push(outcome);
  }
  return outcomes;
}

/** As releases of the stream's service, for the changes that they brought. */
export function releasesOfStream(
  stream: string,
  events: readonly LedgerEvent[],
  now: number,
  rules?: OutcomeRules,
): Release[] {
  const place = parseStream(stream);
  const service = place?.kind === "service" ? { service: place.service } : {};
  return outcomesOf(events, now, rules).map(({ plan, at, went, stays }) => ({
    commit: plan.commit,
    by: plan.rollout,
    ...service,
    ...{ at, went, stays },
  }));
}

function outcomeOf(
  { doing, plan, disputed, turned, openedAt }: RolloutState,
  heard: Heard,
  now: number,
  rules: OutcomeRules,
): Outcome {
  const opened = { plan, openedAt: secondsOf(openedAt) };
  if (doing.kind !== "ended")
    return { ...opened, endedAt: undefined, at: opened.openedAt, went: "pending", stays: false };
  const endedAt = secondsOf(doing.at);
  const stays = doing.outcome === "completed";
  const ended = { ...opened, endedAt, at: endedAt, stays };
  if (disputed) return { ...ended, went: { unknown: "disputed" } };
  if (!stays) return { ...ended, went: tookBack(plan.rollout, turned?.code ?? "", heard) };
  const missed = heard.missed.get(plan.rollout);
  if (missed !== undefined) return { ...ended, at: missed, went: { failed: "objective-missed" } };
  const stableAt = endedAt + rules.stableForSeconds;
  return { ...ended, at: stableAt, went: stableAt <= now ? { well: "stable" } : "pending" };
}

function tookBack(rollout: string, code: string, heard: Heard): Release["went"] {
  if (isUnrelated(rollout, heard)) return { unknown: "unrelated-rollback" };
  if (sharedFaults.has(code)) return { unknown: "shared-fault" };
  if (unjudged.has(code)) return { unknown: "not-judged" };
  return { failed: code === "effect-failed" ? "deployment-failed" : "rolled-back" };
}

/** Whoever takes a rollout back for another reason than its changes says that it is unrelated. */
function isUnrelated(rollout: string, { aborts }: Heard): boolean {
  return (aborts.get(rollout) ?? []).some((reason) => mentions(reason, "unrelated"));
}

/** A person went back from what ran already to something before it: all that came since then is undone. */
function takeBack(
  { plan, openedAt }: RolloutState,
  standing: Outcome[],
  heard: Heard,
  rules: OutcomeRules,
): void {
  const at = secondsOf(openedAt);
  const target = plan.stable;
  for (let last = standing.at(-1); last !== undefined; last = standing.at(-1)) {
    if (target !== null && digestOf(last.plan.candidate) === digestOf(target)) return;
    standing.pop();
    last.stays = false;
    if (at - (last.endedAt ?? at) > rules.rollbackWithinSeconds) continue;
    last.at = at;
    last.went = tookBack(plan.rollout, "", heard);
  }
}

function heardIn(events: readonly LedgerEvent[]): Heard {
  const heard: Heard = { aborts: new Map(), missed: new Map() };
  for (const { kind, at, body } of believed(events)) {
    if (kind === "command" && body.command === "abort")
      heard.aborts.set(body.rollout, [...(heard.aborts.get(body.rollout) ?? []), body.reason]);
    if (kind === "verdict" && body.verdict === "rollback" && !isWanting(body.reason_code))
      heard.missed.set(body.rollout, heard.missed.get(body.rollout) ?? secondsOf(at));
  }
  return heard;
}

function isWanting(code: string): boolean {
  return unjudged.has(code) || sharedFaults.has(code);
}

function secondsOf(at: string): number {
  return Math.floor(Date.parse(at) / 1000);
}
