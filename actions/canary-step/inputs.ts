import { exitCodes, UserError } from "../../core/errors.ts";
import { type InputValues, printable } from "../io.ts";
import { rolloutInputs, waitSecondsOf } from "../rollout/inputs.ts";
import type { RolloutInputs } from "../rollout/prepare.ts";

const words = ["next", "promote", "pause", "resume", "status"] as const;
export type Wanted = (typeof words)[number] | { step: number };

export type CanaryStepInputs = RolloutInputs & {
  wanted: Wanted;
  watch: boolean;
  reason: string;
  waitSeconds: number;
};

export function canaryStepInputs(input: InputValues): CanaryStepInputs {
  return {
    ...rolloutInputs(input),
    wanted: wantedOf(input("step")),
    watch: input("watch") !== "false",
    reason: input("reason"),
    waitSeconds: waitSecondsOf(input),
  };
}

function wantedOf(text: string): Wanted {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  if (/^[1-9]\d?$/.test(text)) return { step: Number(text) };
  throw new UserError(
    "bad-input",
    `Input "step" of canary-step is "${printable(text)}". Allowed: ${words.join(", ")}, or the number of a step, from 1.`,
    exitCodes.usage,
  );
}
