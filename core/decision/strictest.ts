import { modes } from "../policy/schema.ts";
import { compareCare } from "../strategy/care.ts";
import type { Gate, ServiceDecision } from "./shape.ts";

type Answer = Omit<ServiceDecision, "name">;

/**
 * Order from lenient to strict. A shadow changes nothing, so it leads only among shadows; then comes what holds the
 * change up, the mode of what does, the strategy, and the scores.
 */
export function byStrictness(left: Answer, right: Answer): number {
  return (
    Number(binds(left)) - Number(binds(right)) ||
    holdOf(left) - holdOf(right) ||
    (holdOf(left) > 0 ? modes.indexOf(left.mode) - modes.indexOf(right.mode) : 0) ||
    compareCare(left.strategy, right.strategy) ||
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

const verdictsByStrictness: readonly Gate["verdict"][] = ["pass", "approve", "block"];

/** Of two readings of one change, each gate's stricter verdict. */
export function strictestGates(gates: readonly Gate[], others: readonly Gate[]): Gate[] {
  const strictness = (gate: Gate) => verdictsByStrictness.indexOf(gate.verdict);
  const other = new Map(others.map((gate) => [gate.name, gate]));
  const own = new Set(gates.map((gate) => gate.name));
  return [
    ...gates.map((gate) => {
      const second = other.get(gate.name);
      return second && strictness(second) > strictness(gate) ? second : gate;
    }),
    ...others.filter((gate) => !own.has(gate.name) && gate.verdict !== "pass"),
  ];
}

/** 0 goes, 1 starts and waits later, 2 waits for a person before it starts, 3 does not go. */
function holdOf(answer: Answer): number {
  if (blocked(answer)) return 3;
  if (!answer.allowed) return 2;
  return answer.needs_approval ? 1 : 0;
}

function binds(answer: Answer): boolean {
  return answer.mode !== "shadow";
}
