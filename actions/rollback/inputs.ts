import { optional } from "../../core/optional.ts";
import type { InputValues } from "../io.ts";
import { type PlaceInputs, placeOfInputs } from "../rollout/inputs.ts";

export type RollbackInputs = PlaceInputs & { to?: string; reason: string };

export function rollbackInputs(input: InputValues): RollbackInputs {
  return {
    ...placeOfInputs(input),
    ...optional("to", input("to") || undefined),
    reason: input("reason") || "No reason was given.",
  };
}
