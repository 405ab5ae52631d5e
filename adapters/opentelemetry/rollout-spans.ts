import type { RolloutState } from "../../core/rollout/state.ts";
import { type Environment, wantsTraces } from "./wanted.ts";

/** Looks on while a rollout is driven, and changes nothing of it. */
export type RolloutSpans = {
  saw(state: RolloutState): void;
  /** Sends what is left; a collector that does not answer is not waited for. */
  close(): Promise<void>;
};

const noSpans: RolloutSpans = { saw: () => undefined, close: async () => undefined };

/** A span for each step of a rollout, and for its way back. What draws them is loaded only where a collector is named. */
export async function rolloutSpans(
  environment: Environment,
  around: { now(): string; warn(sentence: string): void },
): Promise<RolloutSpans> {
  if (!wantsTraces(environment)) return noSpans;
  const [{ openKit }, { drawRollout }] = await Promise.all([import("./kit.ts"), import("./draw-rollout.ts")]);
  return drawRollout(openKit(environment, around.warn), around.now);
}
