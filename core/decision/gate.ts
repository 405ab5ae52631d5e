import type { Gate, ReasonCode } from "./shape.ts";

export type Answer = Gate["verdict"];

/** A gate in a few words; a gate of policy answers "pass" where its trigger is not met. */
export function gate(name: string, verdict: Answer, reasonCode: ReasonCode, sentence: string): Gate {
  return { name, verdict, reason_code: reasonCode, sentence };
}

/** The first gate that blocks, else the first that asks for an approval, speaks for the decision. */
export function leadingGate(gates: readonly Gate[]): Gate | undefined {
  return (
    gates.find((candidate) => candidate.verdict === "block") ??
    gates.find((candidate) => candidate.verdict === "approve")
  );
}
