import type { Around } from "../../core/rollout/around.ts";
import { bookkeeper } from "../../core/rollout/book.ts";
import { giveBack } from "../../core/rollout/own-lease.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Turn } from "../../core/rollout/taking.ts";
import { rolloutsNow, say } from "./around.ts";
import { driven } from "./driving.ts";
import type { RunInputs } from "./inputs.ts";
import type { RolloutPorts } from "./ports.ts";

/**
 * What a job that was told to stop leaves: the rollout as it is, with the lease given back so that anybody goes on at
 * once, or on its way back. Asked by the step itself, and once more by its `post` where the step was ended before.
 */
export async function afterCancel(
  rollout: string,
  around: Around,
  onCancel: RunInputs["onCancel"],
  ports: RolloutPorts,
): Promise<{ turn?: Turn; state?: RolloutState }> {
  const state = (await rolloutsNow(around)).get(rollout);
  if (state === undefined || state.doing.kind === "ended") return {};
  if (onCancel === "hold" || state.stop?.code === "unsafe-back") {
    await giveBack(bookkeeper({ ...around, freshSeconds: 0 }), around);
    return { state };
  }
  // A second abort would be a person's answer to the first.
  if (state.turned === null)
    await say(around, rollout, { command: "abort", reason: "The job was cancelled.", by: ports.actor });
  return { state, turn: await driven(rollout, around, ports, { waitSeconds: 0, deaf: true }) };
}
