import { evidenceInputs } from "../../actions/rollout/evidence-inputs.ts";
import { runInputs } from "../../actions/rollout/inputs.ts";
import { runRollout } from "../../actions/rollout/run.ts";
import type { Arguments } from "../arguments.ts";
import type { Terminal } from "../terminal.ts";
import { roomOf } from "./ports.ts";
import { showResult } from "./show.ts";

/** Begins a rollout or goes on with it, to its end or until Ctrl-C, which leaves it where it is. */
export async function drive(argument: Arguments, terminal: Terminal): Promise<number> {
  const inputs = runInputs(argument.value);
  const { ports, close } = await roomOf(argument, terminal, evidenceInputs(argument.value));
  try {
    const result = await runRollout(inputs, ports);
    const exitCode = showResult(result, argument, terminal);
    const { state } = result;
    if (state !== undefined && ports.stop.aborted && state.doing.kind !== "ended")
      terminal.note(
        `adaptive-deploy: ${state.plan.rollout} is held where it is, nothing was taken back. The same command goes on with it; \`adaptive-deploy rollout undo\` takes it back.`,
      );
    return exitCode;
  } finally {
    await close();
  }
}
