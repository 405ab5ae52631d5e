import { deriveFacts, type Surroundings } from "../change/derive.ts";
import type { ChangeFacts } from "../change/facts.ts";
import { type GivenFacts, mergeFacts } from "../change/merge.ts";
import type { Mode, PolicyBundle } from "../policy/schema.ts";
import { decide } from "./decide.ts";
import type { DecisionBody } from "./shape.ts";

/** From what was measured to a decision, the same way for every face: merge, derive, decide. */
export function decideMeasured(
  measured: ChangeFacts,
  given: readonly GivenFacts[],
  policy: PolicyBundle,
  around: Surroundings & { mode?: Mode },
): { facts: ChangeFacts; body: DecisionBody } {
  const merged = given.reduce(mergeFacts, measured);
  const facts = deriveFacts(merged, policy, around);
  return { facts, body: decide(facts, policy, around.mode ? { mode: around.mode } : {}) };
}
