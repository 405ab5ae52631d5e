import type { ExitCode } from "../../core/errors.ts";
import type { VerbDeclaration } from "../io.ts";
import { endWith, type Toolkit } from "../runner.ts";
import { portsOfJob } from "./job.ts";
import type { RolloutPorts } from "./ports.ts";
import type { RolloutResult } from "./result.ts";

/** Runs a verb of a rollout as a step of a job: ports in, outputs and an exit code out. */
export async function asStep(
  toolkit: Toolkit,
  declaration: VerbDeclaration,
  run: (ports: RolloutPorts) => Promise<RolloutResult>,
): Promise<void> {
  await endWith(toolkit, async (): Promise<ExitCode> => {
    const { close, ...ports } = await portsOfJob(toolkit, declaration);
    try {
      const { outputs, exitCode } = await run(ports);
      for (const [name, value] of Object.entries(outputs)) toolkit.setOutput(name, value);
      return exitCode;
    } finally {
      await close();
    }
  });
}
