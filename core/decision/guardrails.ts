import { forcibleStrategies } from "../policy/bundle/check/index.ts";
import {
  type decisionNames,
  evaluate,
  parseCondition,
  parseGuardrails,
  type Rule,
} from "../policy/guardrails/index.ts";
import type { Override, PolicyBundle, StrategyMapping } from "../policy/schema.ts";
import { moreCareful } from "../strategy/care.ts";
import { type PickedStrategy, strategyNamed } from "../strategy/pick.ts";
import { gate } from "./gate.ts";
import type { Gate } from "./shape.ts";

export type Names = ReturnType<typeof decisionNames>;
export type GuardrailAnswer = { gates: Gate[]; picked: PickedStrategy; allows: string[]; notes: string[] };

/** Overrides whose condition holds; one that rests on an unknown fact does not, and the fact is among the unknowns. */
export function matchingOverrides(mapping: StrategyMapping, names: Names): Override[] {
  return (mapping.overrides ?? []).filter((override) => {
    const parsed = parseCondition(override.when, `override ${override.name}`);
    return "condition" in parsed && evaluate(parsed.condition, names).result === true;
  });
}

/**
 * The bundle's own rules at decision time. A rule that would stop a change and rests on an unknown fact asks for an
 * approval: missing data is never a pass.
 */
export function applyGuardrails(policy: PolicyBundle, names: Names, picked: PickedStrategy): GuardrailAnswer {
  const answer: GuardrailAnswer = { gates: [], picked, allows: [], notes: [] };
  for (const rule of rulesOf(policy)) {
    if (rule.phase === "decision") applyRule(rule, policy, names, answer);
  }
  return answer;
}

/** A bundle is only read with rules that parse, so a rule that does not is a bug of ours and never a silence. */
export function rulesOf(policy: Pick<PolicyBundle, "guardrails" | "mapping">): Rule[] {
  const { rules, errors } = parseGuardrails(
    policy.guardrails,
    "guardrails.rules",
    forcibleStrategies(policy.mapping),
  );
  if (errors[0])
    throw new TypeError(`The policy was read with a guardrail that does not parse: ${errors[0].message}`);
  return rules;
}

function applyRule(rule: Rule, policy: PolicyBundle, names: Names, answer: GuardrailAnswer): void {
  const { result, unknown } = evaluate(rule.condition, names);
  if (result === false) return;
  const name = `guardrail:${rule.name}`;
  const action = rule.action;
  const sentence = rule.message ?? `Guardrail ${rule.name} applies.`;
  if (result === "unknown") {
    const missing = `Guardrail ${rule.name} rests on ${[...unknown].join(", ")}, which is not known.`;
    if (action.kind === "block" || action.kind === "require_approval") {
      answer.gates.push(gate(name, "approve", "guardrail-fact-unknown", missing));
    } else if (action.kind === "force") {
      const forced = forcedStrategy(action.strategy, policy, answer.picked);
      if (moreCareful(forced.kind, answer.picked.kind)) answer.picked = forced;
    }
    return;
  }
  if (action.kind === "block") answer.gates.push(gate(name, "block", "guardrail-blocks", sentence));
  if (action.kind === "require_approval") {
    answer.gates.push(gate(name, "approve", "guardrail-needs-approval", sentence));
  }
  if (action.kind === "force") answer.picked = forcedStrategy(action.strategy, policy, answer.picked);
  if (action.kind === "allow") answer.allows.push(rule.name);
  if (action.kind === "notify") answer.notes.push(action.text);
}

/** A rule may name a strategy of the mapping, or a kind: then the kind's first strategy there. */
function forcedStrategy(wanted: string, policy: PolicyBundle, picked: PickedStrategy): PickedStrategy {
  if (picked.kind === wanted || picked.name === wanted) return picked;
  if (policy.mapping.strategies[wanted]) return strategyNamed(policy.mapping, wanted);
  const byKind = Object.entries(policy.mapping.strategies).find(([, strategy]) => strategy.kind === wanted);
  return byKind ? strategyNamed(policy.mapping, byKind[0]) : picked;
}
