import { optional } from "../../core/optional.ts";
import type { InputValues } from "../io.ts";
import { type PlaceInputs, placeOfInputs } from "../rollout/inputs.ts";

export type RollbackInputs = PlaceInputs & {
  decisionId?: string;
  to?: string;
  fleet: boolean;
  reason: string;
};

export function rollbackInputs(input: InputValues): RollbackInputs {
  return {
    ...placeOfInputs(input),
    ...optional("decisionId", input("decision-id") || undefined),
    ...optional("to", input("to") || undefined),
    fleet: input("fleet") === "true",
    reason: input("reason") || "No reason was given.",
  };
}
