import { exitCodes, UserError } from "../../core/errors.ts";
import { durationAdvice, parseDuration } from "../../core/policy/duration.ts";
import { type InputValues, printable } from "../io.ts";
import type { LabelInputs } from "./labels.ts";

export function learnInputs(input: InputValues): LabelInputs {
  const rollbackWithinSeconds = seconds(input, "rollback-within");
  const stableForSeconds = seconds(input, "stable-for");
  return {
    base: input("base"),
    environment: input("environment"),
    rules: { rollbackWithinSeconds, stableForSeconds },
  };
}

function seconds(input: InputValues, name: string): number {
  const text = input(name);
  const found = parseDuration(text);
  if (found !== undefined) return found;
  throw new UserError(
    "bad-input",
    `Input "${name}" of learn is "${printable(text)}": ${durationAdvice}.`,
    exitCodes.usage,
  );
}
