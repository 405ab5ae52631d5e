import { type Answer, paged, type RepositoryCall, repositoryRoute } from "../route.ts";
import { nodeId, renderUser } from "../shapes/user.ts";
import type { Activity } from "../state.ts";

const noCommit = "0".repeat(40);

/** Pushes of a branch, the newest first. What no test wrote down counts as made when the repository was. */
async function listActivity(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const asked = call.query.get("ref") ?? repository.defaultBranch;
  const ref = asked.startsWith("refs/") ? asked : `refs/heads/${asked}`;
  const written = repository.activities.filter((one) => one.ref === ref);
  const tip = (await repository.git.info(ref))?.oid;
  const first: Activity[] = tip
    ? [{ id: 1, ref, before: noCommit, after: tip, at: repository.createdAt, actor: repository.owner }]
    : [];
  return paged(call, written.length ? written.toReversed() : first, (one) => ({
    id: one.id,
    node_id: nodeId("Push", one.id),
    before: one.before,
    after: one.after,
    ref: one.ref,
    timestamp: one.at,
    activity_type: one.before === noCommit ? "branch_creation" : "push",
    actor: renderUser(world, one.actor),
  }));
}

export const activityRoutes = [
  repositoryRoute(
    {
      operation: "repos/list-activities",
      path: "GET /repos/{owner}/{repo}/activity",
      needs: ["contents:read"],
    },
    listActivity,
  ),
];
