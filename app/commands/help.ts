import { whoMayApprove } from "../../core/approval/who-may.ts";
import { usages } from "../../core/commands/usage.ts";
import { cell, code } from "../../core/render/escape.ts";
import { type Answering, did } from "./answer.ts";
import { rolloutRows } from "./rollout/index.ts";

const writers = "people with write, maintain or admin permission";

/** Who may do what here, from the policy that speaks for this pull request. */
export const help: Answering<"help"> = async (_, { place }) => {
  const { asked } = await place.askedFor(place.environment);
  const approvers = whoMayApprove(asked);
  const rows: [string, string, string][] = [
    [
      usages["approve-risk"],
      `approves the head for ${place.environment}`,
      `${approvers}; never who wrote the change`,
    ],
    [usages["revoke-approval"], "takes it back", `whoever gave it, ${approvers}`],
    [usages.hold, "stops the change", writers],
    [usages.unhold, "lets it go on", "whoever held it, or others who may write, but not the author"],
    [usages.risk, "explains the score", "everyone"],
    [usages["risk-wrong"], "says that the score is wrong", writers],
    ...rolloutRows(writers, approvers),
    [usages.help, "shows this", "everyone"],
  ];
  const lines = rows.map(
    ([usage, what, who]) => `| ${code(usage)} | ${cell(what, 300)} | ${cell(who, 900)} |`,
  );
  return did(["| Command | What it does | Who may |", "| :-- | :-- | :-- |", ...lines].join("\n"));
};
