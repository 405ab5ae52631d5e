import { rollbackInputs } from "../../actions/rollback/inputs.ts";
import { runRollback } from "../../actions/rollback/run.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import type { Terminal } from "../terminal.ts";
import { rollbackVerb } from "./declaration.ts";
import { roomOf } from "./ports.ts";
import { showResult } from "./show.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  return goBack(readArguments(rollbackVerb, words), terminal);
}

/** Takes back what is on its way; else the version before gets everything. Neither gate nor decision is asked. */
export async function goBack(argument: Arguments, terminal: Terminal): Promise<number> {
  const { ports, close } = await roomOf(argument, terminal);
  try {
    return showResult(await runRollback(rollbackInputs(argument.value), ports), argument, terminal);
  } finally {
    close();
  }
}
