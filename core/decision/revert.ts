import type { ChangeFacts } from "../change/facts.ts";
import type { Override, PolicyBundle } from "../policy/schema.ts";
import { type PickedStrategy, strategyNamed } from "../strategy/pick.ts";
import { gate } from "./gate.ts";
import type { Gate } from "./shape.ts";

const liftedGates = ["risk-score", "change-window", "peak-hours", "freeze", "error-budget"];

/**
 * The exact inverse of a recently released commit goes back to what ran before: it waits for no approval, window,
 * freeze, budget or peak, and takes the fastest strategy of the policy unless an override asks for care. It skips
 * nothing where the reverted commit fixed a vulnerability or touched policy.
 */
export function liftForRevert(
  facts: ChangeFacts,
  policy: PolicyBundle,
  overrides: Override[],
  picked: PickedStrategy,
  gates: Gate[],
): { gates: Gate[]; picked: PickedStrategy } {
  if (!facts.kinds?.revert || facts.change?.reverts_protection !== false) return { gates, picked };
  const lifted = gates.map((one) =>
    liftedGates.includes(one.name) && one.verdict !== "pass"
      ? gate(one.name, "pass", "revert-skips-gate", `${one.sentence} A revert does not wait for it.`)
      : one,
  );
  const careful = overrides.some((override) => override.strategy);
  return { gates: lifted, picked: careful ? picked : fastest(policy, picked) };
}

function fastest(policy: PolicyBundle, picked: PickedStrategy): PickedStrategy {
  const first = policy.mapping.bands[0];
  return first ? strategyNamed(policy.mapping, first.strategy) : picked;
}
