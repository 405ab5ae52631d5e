import type { Release } from "./release.ts";

/** A deployment as GitHub tells it, with what was said of it over time, oldest first. */
export type Deployment = {
  id: string;
  commit: string;
  /** Seconds since 1970. */
  at: number;
  statuses: readonly { state: string; at: number }[];
};

type Rules = {
  /** What is taken back so soon has failed. */
  rollbackWithinSeconds: number;
  /** Where a commit stands on the branch; undefined where it is none of its changes. */
  placeOf(commit: string): number | undefined;
};

/**
 * Deployments of one environment, oldest first, as releases. An older commit that is deployed over a newer one takes it
 * back. A deployment that failed and went well when it was tried again says something of machines, not of its changes.
 */
export function deploymentReleases(deployments: readonly Deployment[], rules: Rules): Release[] {
  const succeeded = deployments.filter((one) => endOf(one)?.state === "success");
  const goodAt = new Map(succeeded.map(({ commit, at }) => [commit, at]));
  const releases: Release[] = [];
  const standing: Release[] = [];
  for (const deployment of deployments) {
    const end = endOf(deployment);
    if (end === undefined) continue;
    const { commit, id } = deployment;
    const release: Release = { commit, at: end.at, by: `deployment ${id}`, went: "pending", stays: false };
    if (end.state !== "success") {
      if ((goodAt.get(commit) ?? 0) > deployment.at) continue;
      releases.push({ ...release, went: { failed: "deployment-failed" } });
      continue;
    }
    takeBack(release, standing, rules);
    const good: Release = { ...release, went: { well: "deployed" }, stays: true };
    releases.push(good);
    standing.push(good);
  }
  return releases;
}

/** What was said last. GitHub makes earlier deployments inactive by itself, which says nothing of how they went. */
function endOf({ statuses }: Deployment): { state: "success" | "failure"; at: number } | undefined {
  const last = statuses.findLast(
    ({ state }) => state === "success" || state === "failure" || state === "error",
  );
  return last && { state: last.state === "success" ? "success" : "failure", at: last.at };
}

function takeBack(
  { commit = "", at }: Release,
  standing: Release[],
  { placeOf, rollbackWithinSeconds }: Rules,
): void {
  const place = placeOf(commit);
  if (place === undefined) return;
  for (let last = standing.at(-1); last !== undefined; last = standing.at(-1)) {
    if ((placeOf(last.commit ?? "") ?? -1) <= place) return;
    standing.pop();
    last.stays = false;
    if (at - last.at > rollbackWithinSeconds) continue;
    last.at = at;
    last.went = { failed: "rolled-back" };
  }
}
