import { UserError } from "../../core/errors.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import { renderRolloutSvg } from "../../core/render/rollout/picture.ts";
import { eventsOf } from "../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { RolloutPorts } from "./ports.ts";

/** The rollout as a picture among its documents. It is for people alone: where it cannot be drawn, that is said. */
export async function draw(
  state: RolloutState,
  { ledger, keep, now, warn }: Pick<RolloutPorts, "ledger" | "keep" | "now" | "warn">,
): Promise<void> {
  if (keep === undefined) return;
  const { environment, service } = state.plan;
  try {
    const { events } = await ledger.read(serviceStream(environment, service));
    const picture = renderRolloutSvg(state, eventsOf(events, state), new Date(now()).toISOString());
    await keep("timeline.svg", picture);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`The rollout was not drawn: ${error.message}`);
  }
}
