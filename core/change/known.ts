import { scoredFacts } from "../policy/schema.ts";
import { readFact } from "./fact.ts";
import type { ChangeFacts } from "./facts.ts";

/** Facts that policy may require: those of the score, and a few of the surroundings. */
export const requirableFacts: readonly string[] = [
  ...scoredFacts,
  "tests.total",
  "coverage.percent",
  "context.error_budget_left_percent",
  "context.driver_signature_verified",
  "tests.driver_passed",
  "context.recordable",
];

/** Whether a required fact is there. A ledger that cannot be written is as good as none. */
export function isKnown(facts: ChangeFacts, name: string): boolean {
  const scored = scoredFacts.find((fact) => fact === name);
  if (scored) return readFact[scored](facts) != null;
  if (name === "tests.total") return facts.tests?.total != null;
  if (name === "coverage.percent") return facts.coverage?.percent != null;
  if (name === "context.error_budget_left_percent") return facts.context?.error_budget_left_percent != null;
  if (name === "context.driver_signature_verified") return facts.context?.driver_signature_verified != null;
  if (name === "context.recordable") return facts.context?.recordable === true;
  return name === "tests.driver_passed" && facts.tests?.driver_passed != null;
}
