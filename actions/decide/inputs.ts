import { targets } from "../../core/change/targets.ts";
import { modes } from "../../core/policy/modes.ts";
import { failOnValues } from "./declaration.ts";
import type { DecideInputs } from "./run.ts";
import { readWait } from "./wait.ts";

/** The inputs of decide, typed; values were checked against the declaration when they were read. */
export function decideInputs(input: (name: string) => string): DecideInputs {
  const target = targets.find((name) => name === input("target"));
  const mode = modes.find((name) => name === input("mode"));
  const waitSeconds = readWait(input("wait-for-approval"));
  return {
    comment: input("comment") === "true",
    failOn: failOnValues.find((name) => name === input("fail-on")) ?? "blocked",
    ...(input("environment") ? { environment: input("environment") } : {}),
    ...(input("policy") ? { policy: input("policy") } : {}),
    ...(input("service") ? { service: input("service") } : {}),
    ...(target ? { target } : {}),
    ...(mode ? { mode } : {}),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
    ...(input("candidate") ? { candidate: input("candidate") } : {}),
  };
}
