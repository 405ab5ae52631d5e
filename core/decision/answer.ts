import type { ChangeFacts } from "../change/facts.ts";
import { decisionNames } from "../policy/guardrails/index.ts";
import type { Mode, PolicyBundle, Thresholds } from "../policy/schema.ts";
import { bandsFor } from "../policy/scope.ts";
import { moreCareful } from "../strategy/care.ts";
import { applyOverrides, type PickedStrategy, strategyNamed } from "../strategy/pick.ts";
import type { ScoreAsk } from "./by-score.ts";
import { changeGates } from "./change-gates.ts";
import { contextGates } from "./context-gates.ts";
import { applyGuardrails, matchingOverrides } from "./guardrails.ts";
import { isPlainRevert, liftedForRevert } from "./revert.ts";
import type { Gate } from "./shape.ts";
import { strictestGates } from "./strictest.ts";

/** One service in one environment, and what holds there. */
export type Ground = {
  policy: PolicyBundle;
  thresholds: Thresholds;
  scope: { service: string; environment: string };
  mode: Mode;
};
export type Scores = { risk_score: number; band_score: number; worst_score: number };
/** What the document says, and what guardrails may ask beside it; several asks hold together. */
export type Scored = {
  scores: Scores;
  /** In percent and as a share, where a model decides. */
  rank?: number;
  probability?: number;
  asks: readonly [ScoreAsk, ...ScoreAsk[]];
};
export type PolicyAnswer = {
  picked: PickedStrategy;
  gates: Gate[];
  notes: string[];
  blocks: boolean;
  needsApproval: boolean;
};

/** What the policy answers to a change of these scores: asked with its own, and again with those of the worst case. */
export function answerAt(
  facts: ChangeFacts,
  ground: Ground,
  { scores, asks, ...known }: Scored,
): PolicyAnswer {
  const { policy, thresholds, scope, mode } = ground;
  const isRevert = isPlainRevert(facts);
  const named = (strategy: PickedStrategy) =>
    decisionNames(facts, { ...scores, ...known, ...scope, mode, strategy: strategy.kind });
  const banded = isRevert ? fastest(ground) : mostCareful(asks);
  const overrides = matchingOverrides(policy.mapping, named(banded));
  const overridden = applyOverrides(policy.mapping, banded, overrides);
  const guardrails = applyGuardrails(policy, named(overridden), overridden);
  const all = [
    ...asks.map((ask) => ask.gates(guardrails.allows)).reduce(strictestGates),
    ...changeGates(facts, thresholds, overrides),
    ...contextGates(facts, thresholds, policy.calendar),
    ...guardrails.gates,
  ];
  const gates = isRevert ? liftedForRevert(all) : all;
  return { picked: guardrails.picked, notes: guardrails.notes, ...heldBy(gates) };
}

function heldBy(gates: Gate[]): Pick<PolicyAnswer, "gates" | "blocks" | "needsApproval"> {
  const blocks = gates.some((one) => one.verdict === "block");
  return { gates, blocks, needsApproval: !blocks && gates.some((one) => one.verdict === "approve") };
}

/** Of two readings of one change: each gate's stricter verdict, and the more careful strategy. */
export function stricterAnswer(one: PolicyAnswer, other: PolicyAnswer): PolicyAnswer {
  return {
    picked: moreCareful(other.picked.kind, one.picked.kind) ? other.picked : one.picked,
    notes: [...new Set([...one.notes, ...other.notes])],
    ...heldBy(strictestGates(one.gates, other.gates)),
  };
}

function mostCareful(asks: Scored["asks"]): PickedStrategy {
  return asks
    .map(({ picked }) => picked)
    .reduce((most, picked) => (moreCareful(picked.kind, most.kind) ? picked : most));
}

/** The strategy of the lowest band that holds here. */
function fastest({ policy, scope }: Ground): PickedStrategy {
  const [lowest] = bandsFor(policy.mapping, scope);
  if (!lowest) throw new TypeError("The policy was read without a band.");
  return strategyNamed(policy.mapping, lowest.strategy);
}
