import type { GitHubClient } from "../../adapters/github/client.ts";
import { githubRevert } from "../../adapters/github/git-revert.ts";
import type { TargetSurroundings } from "../../adapters/targets/index.ts";
import { UserError } from "../../core/errors.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import { foldStream } from "../../core/rollout/fold-stream.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { RolloutPorts } from "./ports.ts";

type Around = Pick<RolloutPorts, "repository" | "ledger" | "believes" | "now">;

/** Proposes reverts with the token of this process, in the repository that policy names or else in its own. */
export function gitReverts(
  client: GitHubClient,
  { repository: own, ledger, believes, now }: Around,
): NonNullable<TargetSurroundings["gitRevert"]> {
  /** A way back waits for no ledger, and neither does what is told of it. */
  const told = async ({ rollout, environment, service }: RolloutPlan): Promise<RolloutState | undefined> => {
    try {
      const { events } = await ledger.read(serviceStream(environment, service));
      return foldStream(events, believes).get(rollout);
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  };
  return (file) => {
    const repository = file.repository ?? own;
    if (repository === undefined) return undefined;
    return githubRevert({ client, repository, file, told, now: () => new Date(now()).toISOString() });
  };
}
