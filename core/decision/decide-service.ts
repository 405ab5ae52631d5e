import type { ChangeFacts } from "../change/facts.ts";
import { believableReadings } from "../change/trust.ts";
import { defaultEnvironment } from "../policy/environment.ts";
import { type Mode, modes, type PolicyBundle, type Thresholds } from "../policy/schema.ts";
import { thresholdsFor } from "../policy/scope.ts";
import { counterfactuals } from "../risk/counterfactuals.ts";
import { type Score, scoreFacts, shownScore } from "../risk/score.ts";
import { contributorSentence } from "../risk/sentences.ts";
import { answerAt, type Ground, type PolicyAnswer, type Scores, stricterAnswer } from "./answer.ts";
import { leadingGate } from "./gate.ts";
import type { Contributor, ServiceDecision } from "./shape.ts";

export type ServiceAnswer = { decision: ServiceDecision; facts: ChangeFacts; exact: Score; notes: string[] };

/** Decides for one service: its facts, the policy, and the mode asked for, which may only strengthen the policy's. */
export function decideService(
  given: ChangeFacts,
  policy: PolicyBundle,
  asked: Mode | undefined,
): ServiceAnswer {
  const scope = {
    service: given.service?.name ?? "repository",
    environment: given.service?.environment ?? defaultEnvironment,
  };
  const thresholds = thresholdsFor(policy.thresholds, scope);
  const mode = stronger(thresholds.mode ?? "advisory", asked);
  const least = thresholds["error-budget"]?.["minimum-percent"] ?? 0;
  const ground = { policy, thresholds, scope, mode };
  const { worried, bare } =
    mode === "enforced"
      ? believableReadings(given, least, policy.calendar !== undefined)
      : { worried: given };
  const { facts, exact, scores, answer, atWorst } = bare
    ? stricterReading(readingOf(worried, ground), readingOf(bare, ground))
    : readingOf(worried, ground);
  return {
    facts,
    exact,
    notes: answer.notes,
    decision: {
      name: scope.service,
      environment: scope.environment,
      mode,
      ...scores,
      reference_score: shownScore(exact.reference),
      contributors: contributorsOf(exact, facts, policy),
      unknowns: unknownsOf(exact, facts, thresholds),
      at_worst: {
        strategy: atWorst.picked.kind,
        needs_approval: atWorst.needsApproval,
        ...(atWorst.blocks ? { blocked: true } : {}),
      },
      counterfactuals: counterfactuals(facts, policy.weights),
      strategy: answer.picked.kind,
      strategy_name: answer.picked.name,
      pace: answer.picked.pace,
      ...approvalOf(answer, thresholds),
      gates: answer.gates,
      reason_code: leadingGate(answer.gates)?.reason_code ?? "within-policy",
    },
  };
}

type Reading = {
  facts: ChangeFacts;
  exact: Score;
  scores: Scores;
  answer: PolicyAnswer;
  atWorst: PolicyAnswer;
};

function readingOf(facts: ChangeFacts, ground: Ground): Reading {
  const exact = scoreFacts(facts, ground.policy.weights);
  const scoresAt = (score: number) => ({
    risk_score: shownScore(score),
    band_score: shownScore(Math.min(100, score + caution(facts, ground.policy))),
    worst_score: shownScore(exact.worst),
  });
  const scores = scoresAt(exact.score);
  const answer = answerAt(facts, ground, scores);
  return { facts, exact, scores, answer, atWorst: answerAt(facts, ground, scoresAt(exact.worst)) };
}

/** The reading with the higher score is shown; what is asked of people is the stricter of both. */
function stricterReading(one: Reading, other: Reading): Reading {
  const shown = other.exact.score > one.exact.score ? other : one;
  return {
    ...shown,
    answer: stricterAnswer(one.answer, other.answer),
    atWorst: stricterAnswer(one.atWorst, other.atWorst),
  };
}

export function stronger(policyMode: Mode, asked: Mode | undefined): Mode {
  if (asked === undefined) return policyMode;
  return modes.indexOf(asked) > modes.indexOf(policyMode) ? asked : policyMode;
}

function caution(facts: ChangeFacts, policy: PolicyBundle): number {
  const extra = (facts.service?.platforms ?? []).map((platform) => policy.weights.caution?.[platform] ?? 0);
  return Math.max(0, ...extra);
}

type Approval = Pick<
  ServiceDecision,
  "allowed" | "needs_approval" | "approval_at" | "approvals_needed" | "approvers"
>;

/** A blocked change says nothing of approvals: none would let it go. */
function approvalOf({ blocks, needsApproval }: PolicyAnswer, { approval }: Thresholds): Approval {
  if (!needsApproval) return { allowed: !blocks, needs_approval: false };
  const at = approval?.at ?? "start";
  const approvers = approverWords(approval?.approvers);
  return {
    allowed: at === "cut-over",
    needs_approval: true,
    approval_at: at,
    approvals_needed: approval?.approvers?.count ?? 1,
    ...(approvers.length ? { approvers } : {}),
  };
}

/** The integers shown differ from the exact scores by a rounding, which is a contributor so that the sum stays exact. */
function contributorsOf(exact: Score, facts: ChangeFacts, policy: PolicyBundle): Contributor[] {
  const rounding = shownScore(exact.score) - exact.score - (shownScore(exact.reference) - exact.reference);
  const all =
    rounding === 0 ? exact.contributors : [...exact.contributors, { name: "rounding", points: rounding }];
  return all.map((contributor) => ({
    name: contributor.name,
    ...(contributor.value === undefined ? {} : { value: contributor.value }),
    ...(contributor.typical === undefined ? {} : { typical: contributor.typical }),
    points: contributor.points,
    direction: contributor.points < 0 ? "lowers" : "raises",
    sentence: contributorSentence(contributor, facts, policy.weights),
  }));
}

function unknownsOf(exact: Score, facts: ChangeFacts, thresholds: Thresholds): ServiceDecision["unknowns"] {
  const unknowns = exact.unknowns.map(({ name, worst }) => ({ name, worst }));
  if (thresholds["error-budget"] && facts.context?.error_budget_left_percent == null) {
    unknowns.push({ name: "error-budget", worst: 0 });
  }
  return unknowns;
}

function approverWords(approvers: NonNullable<Thresholds["approval"]>["approvers"]): string[] {
  if (!approvers) return [];
  return [
    ...(approvers.codeowners ? ["code owners of the files that drive the score"] : []),
    ...(approvers.teams ?? []).map((team) => `team ${team}`),
    ...(approvers.users ?? []).map((user) => `@${user}`),
    ...(approvers.permissions?.length
      ? [`people with ${approvers.permissions.join(", ").replace(/, ([^,]*)$/, " or $1")} permission`]
      : []),
  ];
}
