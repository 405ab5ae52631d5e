import { getOctokit } from "@actions/github";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deploymentsSince } from "../../../adapters/github/deployments.ts";
import { type RolloutWorld, rolloutWorld, shop } from "./rollout-world.ts";

let world: RolloutWorld;
beforeEach(async () => {
  world = await rolloutWorld();
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const octokit = () => getOctokit("job-token", { baseUrl: world.github.url });
const at = { owner: "acme", repo: "shop" };

async function deployed(environment: string, ...states: ("success" | "failure" | "error" | "in_progress")[]) {
  const made = await octokit().rest.repos.createDeployment({
    ...{ ...at, ref: world.commit, environment, auto_merge: false, required_contexts: [] },
  });
  if (!("id" in made.data)) throw new Error("no deployment");
  for (const state of states)
    await octokit().rest.repos.createDeploymentStatus({ ...at, deployment_id: made.data.id, state });
  return String(made.data.id);
}

describe("deployments of an environment", () => {
  test("come oldest first, with what was said of each in order, and none of another environment", async () => {
    const first = await deployed("production", "in_progress", "success");
    await deployed("staging", "failure");
    const second = await deployed("production", "in_progress", "error");
    const read = await deploymentsSince(world.client, {
      repository: shop,
      environment: "production",
      since: 0,
    });
    expect(read.map(({ id, commit }) => [id, commit])).toEqual([
      [first, world.commit],
      [second, world.commit],
    ]);
    expect(read.map(({ statuses }) => statuses.map(({ state }) => state))).toEqual([
      ["in_progress", "success"],
      ["in_progress", "error"],
    ]);
  });

  test("are read page by page, and no further back than the history reaches", async () => {
    const repository = world.github.repository(shop);
    const one = await deployed("production", "success");
    const like = repository.deployments.get(Number(one));
    if (!like) throw new Error("no deployment");
    for (let id = 1; id <= 250; id += 1) {
      const createdAt = new Date(Date.UTC(2020, 0, 1) + id * 86_400_000).toISOString();
      repository.deployments.set(id, { ...like, id, createdAt });
    }
    repository.deployments.delete(Number(one));
    const asked = { repository: shop, environment: "production" };
    const all = await deploymentsSince(world.client, { ...asked, since: 0 });
    expect(all.map(({ id }) => Number(id))).toEqual(Array.from({ length: 250 }, (_, place) => place + 1));
    const since = Date.UTC(2020, 0, 1 + 200) / 1000;
    const some = await deploymentsSince(world.client, { ...asked, since });
    expect(some.map(({ id }) => Number(id))).toEqual(Array.from({ length: 51 }, (_, place) => place + 200));
  });

  test("of a repository that the token may not see are an error that says what is missing", async () => {
    const asked = { repository: "acme/other", environment: "production", since: 0 };
    await expect(deploymentsSince(world.client, asked)).rejects.toThrow(/acme\/other.*deployments: read/);
  });
});
