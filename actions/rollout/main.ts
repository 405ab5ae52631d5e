import "../once.ts";
import * as toolkit from "@actions/core";
import { inputsOf } from "../runner.ts";
import { adoptValues, rolloutDeclaration } from "./declaration.ts";
import { asStep } from "./hand-on.ts";
import { runInputs } from "./inputs.ts";
import { states } from "./job.ts";
import { afterStep } from "./post.ts";
import { runRollout } from "./run.ts";
import { watchOver } from "./watchdog.ts";

// The step and its `post` are one file: a runner starts it a second time, with what the first start left.
if (toolkit.getState(states.begun) === "true") await afterStep(toolkit);
else {
  toolkit.saveState(states.begun, "true");
  const input = inputsOf(toolkit, rolloutDeclaration);
  await asStep(toolkit, rolloutDeclaration, async (ports) => {
    const adopt = adoptValues.find((one) => one === input("adopt"));
    const run = adopt === undefined ? runRollout(runInputs(input), ports) : watchOver(adopt, ports);
    const result = await run;
    toolkit.saveState(states.left, "true");
    return result;
  });
}
