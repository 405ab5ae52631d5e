import { strategyKinds } from "../policy/schema.ts";
import type { ServiceDecision } from "./shape.ts";

type Answer = Omit<ServiceDecision, "name">;

/** Order from lenient to strict: what is asked of people first, then the strategy, then the scores. */
export function byStrictness(left: Answer, right: Answer): number {
  return (
    Number(blocked(left)) - Number(blocked(right)) ||
    Number(left.needs_approval) - Number(right.needs_approval) ||
    care(left) - care(right) ||
    left.band_score - right.band_score ||
    left.risk_score - right.risk_score
  );
}

export function strictest<One extends Answer>(decisions: readonly [One, ...One[]]): One {
  return decisions.reduce((strict, candidate) => (byStrictness(strict, candidate) < 0 ? candidate : strict));
}

export function blocked(answer: Pick<Answer, "gates">): boolean {
  return answer.gates.some((gate) => gate.verdict === "block");
}

function care(answer: Answer): number {
  return strategyKinds.indexOf(answer.strategy);
}
