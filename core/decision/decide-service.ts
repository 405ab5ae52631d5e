import type { ChangeFacts } from "../change/facts.ts";
import { withoutUntrustedComfort } from "../change/trust.ts";
import { decisionNames } from "../policy/guardrails/index.ts";
import { type Mode, modes, type PolicyBundle, type Thresholds } from "../policy/schema.ts";
import { bandsFor, thresholdsFor } from "../policy/scope.ts";
import { counterfactuals } from "../risk/counterfactuals.ts";
import { type Score, scoreFacts, shownScore } from "../risk/score.ts";
import { contributorSentence } from "../risk/sentences.ts";
import { applyOverrides, strategyForBand } from "../strategy/pick.ts";
import { changeGates } from "./change-gates.ts";
import { contextGates } from "./context-gates.ts";
import { gate, leadingGate } from "./gate.ts";
import { applyGuardrails, matchingOverrides } from "./guardrails.ts";
import { liftForRevert } from "./revert.ts";
import type { Contributor, Gate, ServiceDecision } from "./shape.ts";

export type ServiceAnswer = { decision: ServiceDecision; facts: ChangeFacts; exact: Score; notes: string[] };

/** Decides for one service: its facts, the policy, and the mode asked for, which may only strengthen the policy's. */
export function decideService(
  given: ChangeFacts,
  policy: PolicyBundle,
  asked: Mode | undefined,
): ServiceAnswer {
  const name = given.service?.name ?? "repository";
  const environment = given.service?.environment ?? "production";
  const scope = { service: name, environment };
  const thresholds = thresholdsFor(policy.thresholds, scope);
  const mode = stronger(thresholds.mode ?? "advisory", asked);
  const least = thresholds["error-budget"]?.["minimum-percent"] ?? 0;
  const facts = mode === "enforced" ? withoutUntrustedComfort(given, least) : given;

  const exact = scoreFacts(facts, policy.weights);
  const riskScore = shownScore(exact.score);
  const bandScore = shownScore(Math.min(100, exact.score + caution(facts, policy)));
  const worstScore = shownScore(exact.worst);
  const known = {
    risk_score: riskScore,
    band_score: bandScore,
    worst_score: worstScore,
    mode,
    environment,
    service: name,
  };

  const banded = strategyForBand(policy.mapping, bandsFor(policy.mapping, scope), bandScore);
  const overrides = matchingOverrides(
    policy.mapping,
    decisionNames(facts, { ...known, strategy: banded.kind }),
  );
  const overridden = applyOverrides(policy.mapping, banded, overrides);
  const names = decisionNames(facts, { ...known, strategy: overridden.kind });
  const guardrails = applyGuardrails(policy, names, overridden);

  const lifted = liftForRevert(facts, policy, overrides, guardrails.picked, [
    ...approvalGate(riskScore, thresholds, guardrails.allows),
    ...changeGates(facts, thresholds, overrides),
    ...contextGates(facts, thresholds, policy.calendar),
    ...guardrails.gates,
  ]);
  const leading = leadingGate(lifted.gates);
  const needsApproval = lifted.gates.some((one) => one.verdict === "approve");
  const at = thresholds.approval?.at ?? "start";
  const blocks = lifted.gates.some((one) => one.verdict === "block");
  const approvers = approverWords(thresholds);
  return {
    facts,
    exact,
    notes: guardrails.notes,
    decision: {
      name,
      environment,
      mode,
      risk_score: riskScore,
      band_score: bandScore,
      reference_score: shownScore(exact.reference),
      contributors: contributorsOf(exact, facts, policy),
      unknowns: unknownsOf(exact, facts, thresholds),
      worst_score: worstScore,
      at_worst: atWorst(facts, exact, policy, scope, thresholds),
      counterfactuals: counterfactuals(facts, policy.weights),
      strategy: lifted.picked.kind,
      strategy_name: lifted.picked.name,
      pace: lifted.picked.pace,
      ...(needsApproval
        ? { approval_at: at, approvals_needed: thresholds.approval?.approvers?.count ?? 1 }
        : {}),
      ...(needsApproval && approvers.length ? { approvers } : {}),
      gates: lifted.gates,
      allowed: !blocks && (!needsApproval || at === "cut-over"),
      needs_approval: needsApproval && !blocks,
      reason_code: leading?.reason_code ?? "within-policy",
    },
  };
}

type Scope = { service: string; environment: string };

function atWorst(
  facts: ChangeFacts,
  exact: Score,
  policy: PolicyBundle,
  scope: Scope,
  thresholds: Thresholds,
): NonNullable<ServiceDecision["at_worst"]> {
  const score = shownScore(Math.min(100, exact.worst + caution(facts, policy)));
  const picked = strategyForBand(policy.mapping, bandsFor(policy.mapping, scope), score);
  const from = thresholds.approval?.from;
  return { strategy: picked.kind, needs_approval: from !== undefined && shownScore(exact.worst) >= from };
}

export function stronger(policyMode: Mode, asked: Mode | undefined): Mode {
  if (asked === undefined) return policyMode;
  return modes.indexOf(asked) > modes.indexOf(policyMode) ? asked : policyMode;
}

function caution(facts: ChangeFacts, policy: PolicyBundle): number {
  const extra = (facts.service?.platforms ?? []).map((platform) => policy.weights.caution?.[platform] ?? 0);
  return Math.max(0, ...extra);
}

function approvalGate(score: number, thresholds: Thresholds, allows: string[]): Gate[] {
  const from = thresholds.approval?.from;
  if (from === undefined) return [];
  if (score < from) {
    return [
      gate(
        "risk-score",
        "pass",
        "within-policy",
        `The score ${score} is below ${from}, from where an approval is needed.`,
      ),
    ];
  }
  if (allows.length) {
    return [
      gate(
        "risk-score",
        "pass",
        "guardrail-allows",
        `Guardrail ${allows.join(", ")} lets this change go without an approval.`,
      ),
    ];
  }
  return [
    gate(
      "risk-score",
      "approve",
      "score-needs-approval",
      `From a score of ${from} a person approves; this one has ${score}.`,
    ),
  ];
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

function approverWords(thresholds: Thresholds): string[] {
  const approvers = thresholds.approval?.approvers;
  if (!approvers) return [];
  return [
    ...(approvers.codeowners ? ["code owners of the files that drive the score"] : []),
    ...(approvers.teams ?? []).map((team) => `team ${team}`),
    ...(approvers.users ?? []).map((user) => `@${user}`),
    ...(approvers.permissions?.length
      ? [`people with ${approvers.permissions.join(" or ")} permission`]
      : []),
  ];
}
