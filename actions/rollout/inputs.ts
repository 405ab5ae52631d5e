import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { durationAdvice, parseDuration } from "../../core/policy/duration.ts";
import { type InputValues, printable } from "../io.ts";
import { lines } from "../runner.ts";
import { onCancel } from "./declaration.ts";
import type { RolloutInputs } from "./prepare.ts";

export type PlaceInputs = Pick<RolloutInputs, "service" | "environment">;

export type RunInputs = RolloutInputs & {
  /** How long a person is waited for. */
  waitSeconds: number;
  onCancel: (typeof onCancel)[number];
};

export function placeOfInputs(input: InputValues): PlaceInputs {
  return { ...given(input, "service"), ...given(input, "environment") };
}

/** The inputs of a rollout, typed; those with a list of allowed values were checked when they were read. */
export function rolloutInputs(input: InputValues): RolloutInputs {
  return {
    ...placeOfInputs(input),
    ...optional("decisionId", input("decision-id") || undefined),
    ...given(input, "decision"),
    ...given(input, "target"),
    ...given(input, "candidate"),
    ...given(input, "stable"),
    unsafeBack: lines(input("unsafe-back")),
  };
}

export function runInputs(input: InputValues): RunInputs {
  return {
    ...rolloutInputs(input),
    waitSeconds: waitSecondsOf(input),
    onCancel: onCancel.find((one) => one === input("on-cancel")) ?? "hold",
  };
}

/** A job on GitHub's runners ends after six hours, and what it leaves has to be said before. */
const longestWaitSeconds = (5 * 60 + 50) * 60;

export function waitSecondsOf(input: InputValues): number {
  const text = input("wait-for-approval");
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0 && seconds <= longestWaitSeconds) return seconds;
  throw new UserError(
    "bad-input",
    `Input "wait-for-approval" is "${printable(text)}". Allowed: ${durationAdvice}, more than nothing and at most 5h50m.`,
    exitCodes.usage,
  );
}

function given<Name extends string>(input: InputValues, name: Name): { [one in Name]?: string } {
  return optional(name, input(name) || undefined);
}
