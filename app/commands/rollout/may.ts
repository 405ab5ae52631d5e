import { askPerson } from "../../../adapters/github/approval-person.ts";
import { handsOf } from "../../../adapters/github/hands.ts";
import { teamMembership } from "../../../adapters/github/team-membership.ts";
import { askedFor } from "../../../core/approval/asked.ts";
import { mayApprove } from "../../../core/approval/may-approve.ts";
import { whoMayApprove } from "../../../core/approval/who-may.ts";
import { thresholdsFor } from "../../../core/policy/scope.ts";
import type { Command } from "../../../core/rollout/events.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { type Answer, type RolloutAsking, refuse } from "../answer.ts";

/** Words by which a candidate goes on without the evidence, or against it: whoever may approve may say them. */
const approving: readonly Command[] = ["approve", "promote", "overrule"];

/**
 * Undefined where the person may say so; that they may write was asked before. Where policy asks for approvals nobody
 * pushes their own change on, and nobody lets their own change go on that somebody else stopped.
 */
export async function refusedToSay(
  command: Command,
  { plan, stop }: Pick<RolloutState, "plan" | "stop">,
  asking: RolloutAsking,
): Promise<Answer | undefined> {
  const { person, here } = asking;
  if (approving.includes(command)) return refusedToApprove(plan, asking);
  const wasStopped = stop !== null && ["paused", "held"].includes(stop.code);
  // Who stops it anew could let it go on.
  const isLifting = ["resume", "retry", "pause", "hold"].includes(command);
  if (!wasStopped || !isLifting || isSame(stop.by, person)) return undefined;
  const { approval } = thresholdsFor(here.policy.thresholds, plan);
  if (approval === undefined || plan.commit === undefined) return undefined;
  const { authors } = await handsOf(asking.work.client, asking.said.repository, plan.commit);
  if (!authors.has(person.toLowerCase())) return undefined;
  return refuse(
    "actor-is-author",
    `${person} had a hand in the change, and ${stop.by} stopped it. Who may: whoever stopped it, or anyone else who may write.`,
  );
}

async function refusedToApprove(plan: RolloutPlan, asking: RolloutAsking): Promise<Answer | undefined> {
  const { said, person, work, here } = asking;
  const [organisation = ""] = said.repository.split("/");
  // Whose the code is that goes out is asked where the change is decided on.
  const asked = [askedFor({ ...plan, organisation }, here.policy, [])];
  const who = ` Who may: ${whoMayApprove(asked)}.`;
  const [found, hands] = await Promise.all([
    askPerson(work.client, said, person, asked, teamMembership(work.client)),
    plan.commit === undefined ? undefined : handsOf(asking.work.client, asking.said.repository, plan.commit),
  ]);
  const isAsked = thresholdsFor(here.policy.thresholds, plan).approval !== undefined;
  if (hands === undefined && isAsked) {
    const sentence = "The rollout names no commit, so it cannot be told that somebody else wrote the change.";
    return refuse("authors-unknown", `${sentence}${who}`);
  }
  const nobody = { authors: new Set<string>(), unknown: [] };
  const verdict = mayApprove(found, isAsked ? (hands ?? nobody) : nobody, asked);
  return verdict.may ? undefined : refuse(verdict.reason, verdict.sentence);
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
