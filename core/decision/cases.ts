import { deriveFacts } from "../change/derive.ts";
import { defaultEnvironment } from "../policy/environment.ts";
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

/** A case that names a service of services.yaml is about that one, with what is declared of it. */
function decideCase(policy: PolicyBundle, one: Case): DecisionBody {
  const { name, environment } = one.facts.service ?? {};
  const service = policy.services?.services.find((declared) => declared.name === name);
  const facts = deriveFacts({ schema_version: 1, ...one.facts }, policy, {
    environment: environment ?? defaultEnvironment,
    ...(service ? { service: service.name } : {}),
    ...(one.now ? { now: new Date(one.now) } : {}),
  });
  return decide(facts, policy);
}

type Expected = Case["expect"];

function faultsOf(expected: Expected, decision: DecisionBody): string[] {
  const gates = Object.entries(expected.gates ?? {}).flatMap(([name, verdict]) =>
    unequal(`gate ${name}`, verdict, decision.gates.find((gate) => gate.name === name)?.verdict ?? "absent"),
  );
  return [
    ...outside("risk-score", expected["risk-score"], decision.risk_score),
    ...outside("band-score", expected["band-score"], decision.band_score),
    ...unequal("strategy", expected.strategy, decision.strategy),
    ...unequal("strategy-name", expected["strategy-name"], decision.strategy_name),
    ...unequal("allowed", expected.allowed, decision.allowed),
    ...unequal("needs-approval", expected["needs-approval"], decision.needs_approval),
    ...unequal("reason-code", expected["reason-code"], decision.reason_code),
    ...gates,
  ];
}

type Plain = string | number | boolean;

function unequal(name: string, wanted: Plain | undefined, got: Plain): string[] {
  return wanted === undefined || wanted === got ? [] : [`${name} is ${got}, expected ${wanted}`];
}

function outside(name: string, wanted: Expected["risk-score"], got: number): string[] {
  if (wanted === undefined || typeof wanted === "number") return unequal(name, wanted, got);
  const { "at-least": least = 0, "at-most": most = 100 } = wanted;
  if (got < least) return [`${name} is ${got}, expected at least ${least}`];
  return got > most ? [`${name} is ${got}, expected at most ${most}`] : [];
}
