import { endWith, inputsOf, type Toolkit } from "../runner.ts";
import { aroundOf } from "./around.ts";
import { afterCancel } from "./cancelled.ts";
import { rolloutDeclaration } from "./declaration.ts";
import { runInputs } from "./inputs.ts";
import { portsOfJob, states } from "./job.ts";
import { groundOf } from "./prepare.ts";
import { goingOn, resultOf } from "./result.ts";

/**
 * What is left to do where the step was ended before it could do it itself: a cancelled job gives its processes ten
 * seconds, and its `post` steps minutes.
 */
export async function afterStep(toolkit: Toolkit): Promise<void> {
  const rollout = toolkit.getState(states.rollout);
  if (toolkit.getState(states.left) === "true" || rollout === "") return;
  await endWith(toolkit, async () => {
    const { close, ...ports } = await portsOfJob(toolkit, rolloutDeclaration);
    try {
      const inputs = runInputs(inputsOf(toolkit, rolloutDeclaration));
      const around = aroundOf(groundOf(inputs, ports), ports);
      const { turn, state } = await afterCancel(rollout, around, inputs.onCancel, ports);
      if (turn !== undefined) ports.say(resultOf(turn).sentence);
      else if (state !== undefined) ports.say(goingOn(state));
      return 0;
    } finally {
      await close();
    }
  });
}
