import { deriveFacts } from "../change/derive.ts";
import type { Cases, PolicyBundle } from "../policy/schema.ts";
import { decide } from "./decide.ts";
import type { DecisionBody } from "./shape.ts";

type Case = Cases["cases"][number];
export type CaseResult = { name: string; faults: string[]; decision: DecisionBody };

/** Runs the cases that a bundle carries: what its author expects of it, in the words of a decision. */
export function runCases(policy: PolicyBundle, cases: Cases): CaseResult[] {
  return cases.cases.map((one) => {
    const decision = decideCase(policy, one);
    return { name: one.name, faults: faultsOf(one.expect, decision), decision };
  });
}

function decideCase(policy: PolicyBundle, one: Case): DecisionBody {
  const facts = deriveFacts({ schema_version: 1, ...one.facts }, policy, {
    environment: one.facts.service?.environment ?? "production",
    ...(one.now ? { now: new Date(one.now) } : {}),
  });
  return decide(facts, policy);
}

function faultsOf(expected: Case["expect"], decision: DecisionBody): string[] {
  const faults: string[] = [];
  const same = (name: string, wanted: unknown, got: unknown): void => {
    if (wanted !== undefined && wanted !== got) faults.push(`${name} is ${got}, expected ${wanted}`);
  };
  const score = expected["risk-score"];
  if (typeof score === "number") same("risk-score", score, decision.risk_score);
  else if (score) {
    if (decision.risk_score < (score["at-least"] ?? 0))
      faults.push(`risk-score is ${decision.risk_score}, expected at least ${score["at-least"]}`);
    if (decision.risk_score > (score["at-most"] ?? 100))
      faults.push(`risk-score is ${decision.risk_score}, expected at most ${score["at-most"]}`);
  }
  same("band-score", expected["band-score"], decision.band_score);
  same("strategy", expected.strategy, decision.strategy);
  same("strategy-name", expected["strategy-name"], decision.strategy_name);
  same("allowed", expected.allowed, decision.allowed);
  same("needs-approval", expected["needs-approval"], decision.needs_approval);
  same("reason-code", expected["reason-code"], decision.reason_code);
  for (const [name, verdict] of Object.entries(expected.gates ?? {})) {
    same(`gate ${name}`, verdict, decision.gates.find((gate) => gate.name === name)?.verdict ?? "absent");
  }
  return faults;
}
