import { printable } from "../../actions/io.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Terminal } from "../terminal.ts";
import { goBack } from "./back.ts";
import { rolloutVerb } from "./declaration.ts";
import { showPlan } from "./plan.ts";
import { drive } from "./run.ts";
import { showStatus } from "./status.ts";
import { switchTo } from "./switch.ts";

type Action = (argument: Arguments, terminal: Terminal, word: string | undefined) => Promise<number>;

const actions: Record<string, Action> = {
  plan: showPlan,
  run: drive,
  status: showStatus,
  switch: switchTo,
  undo: goBack,
};

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(rolloutVerb, words, true);
  const [name = "", word, ...rest] = argument.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined || rest.length > 0 || (word !== undefined && name !== "switch"))
    throw new UserError(
      "usage",
      `rollout: "${printable([name, word, ...rest].filter(Boolean).join(" "))}" is nothing to do. Say one of ${Object.keys(actions).join(", ")}; only switch takes a word behind it.`,
      exitCodes.usage,
    );
  return action(argument, terminal, word);
}
