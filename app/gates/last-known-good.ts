import * as z from "zod";
import { ask, type GitHubClient } from "../../adapters/github/client.ts";
import type { Work } from "../ports.ts";
import { type Gate, hasPassed } from "./gate.ts";

const mostDeployments = 10;
const deployments = z.array(z.object({ id: z.int(), sha: z.string() }));
const statuses = z.array(z.object({ state: z.string() }));
/** States that say that a deployment did begin; one that only waits has changed nothing. */
const begun = new Set(["in_progress", "success", "failure", "error", "inactive"]);

/**
 * True where the gate's commit is what ran in the environment before the present one: the way back must not wait.
 * Anyone who may push may write a deployment and its success, so the commit must have passed this very gate as well.
 */
export async function isLastKnownGood(gate: Gate, work: Work): Promise<boolean> {
  if (!(await hasPassed(work.database, gate))) return false;
  const [owner = "", repo = ""] = gate.repository.split("/");
  const place = { owner, repo };
  const { data } = await ask(`the deployments of ${gate.environment} (deployments: read)`, () =>
    work.client.request("GET /repos/{owner}/{repo}/deployments", {
      ...place,
      environment: gate.environment,
      per_page: mostDeployments,
    }),
  );
  const others = deployments.parse(data).filter(({ id }) => id !== gate.deployment_id);
  const states = await Promise.all(others.map(({ id }) => statesOf(work.client, place, id)));
  const known = others.map(({ sha }, index) => ({ sha, states: states[index] ?? [] }));
  const present = known.findIndex((one) => one.states.some((state) => begun.has(state)));
  const presentSha = known[present]?.sha;
  const before = known
    .slice(present + 1)
    .find((one) => one.sha !== presentSha && one.states.includes("success"));
  return present >= 0 && before?.sha === gate.sha;
}

async function statesOf(
  client: GitHubClient,
  place: { owner: string; repo: string },
  id: number,
): Promise<string[]> {
  const { data } = await ask(`the statuses of deployment ${id} (deployments: read)`, () =>
    client.request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
      ...place,
      deployment_id: id,
      per_page: 30,
    }),
  );
  return statuses.parse(data).map(({ state }) => state);
}
