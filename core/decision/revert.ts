import type { ChangeFacts } from "../change/facts.ts";
import { gate } from "./gate.ts";
import type { Gate } from "./shape.ts";

const liftedGates = ["risk-score", "change-window", "peak-hours", "freeze", "error-budget"];

/**
 * The exact inverse of a recently released commit goes back to what ran before: it begins with the fastest strategy of
 * the policy, and overrides and guardrails may ask for more care. It skips nothing where the reverted commit fixed a
 * vulnerability or touched policy, or where that is not known.
 */
export function isPlainRevert(facts: ChangeFacts): boolean {
  return facts.kinds?.revert === true && facts.change?.reverts_protection === false;
}

/** The gates with those lifted that a plain revert does not wait for: approval by score, window, peak, freeze, budget. */
export function liftedForRevert(gates: readonly Gate[]): Gate[] {
  return gates.map((one) =>
    liftedGates.includes(one.name) && one.verdict !== "pass"
      ? gate(one.name, "pass", "revert-skips-gate", `${one.sentence} A revert does not wait for it.`)
      : one,
  );
}
