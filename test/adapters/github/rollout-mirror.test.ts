import { afterEach, beforeEach, expect, test } from "vitest";
import { rolloutMirror } from "../../../adapters/github/rollout-mirror.ts";
import { story } from "../../core/rollout/story.ts";
import { type RolloutWorld, rolloutWorld, shop } from "./rollout-world.ts";

let world: RolloutWorld;
let warnings: string[];
beforeEach(async () => {
  world = await rolloutWorld();
  warnings = [];
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const mirror = (tale: ReturnType<typeof story>) =>
  rolloutMirror({
    ...{ client: world.client, repository: shop, now: tale.at, logUrl: "https://runs.example.com/1" },
    warn: (sentence) => warnings.push(sentence),
  });
const deployments = () => [...world.github.repository(shop).deployments.values()];
const states = (index = 0) => deployments()[index]?.statuses.map(({ state }) => state);
const tell = (more: Parameters<typeof story>[0] = {}) => story({ commit: world.commit, ...more });

test("a rollout is a deployment of its environment with a status for each step, and a success at its end", async () => {
  const tale = tell({ bake_seconds: 0 });
  const { show } = mirror(tale);
  await show(tale.state);
  await show(tale.does().state);
  await show(tale.does().state);
  await show(tale.state);
  while (tale.state.doing.kind !== "concluding") {
    if (tale.state.doing.kind === "watching") tale.verdict("promote");
    else tale.does();
    await show(tale.state);
  }
  await show(tale.concludes().state);
  const [deployment, ...others] = deployments();
  expect(others).toEqual([]);
  expect(deployment).toMatchObject({
    sha: world.commit,
    environment: tale.state.plan.environment,
    payload: { rollout: tale.state.plan.rollout, service: tale.state.plan.service },
  });
  const said = deployment?.statuses.map(({ description }) => description) ?? [];
  expect(said[0]).toBe("the candidate is put beside the stable version");
  expect(said.some((one) => /^Step 1 of \d, 10 % of traffic: watching$/.test(one))).toBe(true);
  expect(new Set(said).size).toBe(said.length);
  expect(states()?.at(-1)).toBe("success");
  expect(
    states()
      ?.slice(0, -1)
      .every((state) => state === "in_progress"),
  ).toBe(true);
  expect(deployment?.statuses[0]?.logUrl).toBe("https://runs.example.com/1");
});

test("another run goes on with the same deployment, also behind a lost answer", async () => {
  const tale = tell();
  world.github.failNext({ operation: "repos/create-deployment", kind: "lost" });
  await mirror(tale).show(tale.state);
  expect(warnings).toHaveLength(1);
  await mirror(tale).show(tale.state);
  await mirror(tale).show(tale.state);
  expect(deployments()).toHaveLength(1);
  expect(states()).toEqual(["in_progress"]);
});

test("one that was taken back failed, and says why", async () => {
  const tale = tell().does(2).verdict("rollback");
  const { show } = mirror(tale);
  await show(tale.state);
  await show(tale.told().does().concludes().state);
  expect(states()).toEqual(["in_progress", "failure"]);
  expect(deployments()[0]?.statuses.at(-1)?.description).toBe("Rolled back: It is so.");
});

test("what was promoted retires the service's deployment before it, and no other service's", async () => {
  const promoted = async (more: Parameters<typeof story>[0]) => {
    const tale = tell({ bake_seconds: 0, steps: [], ...more });
    while (tale.state.doing.kind !== "concluding") tale.does();
    await mirror(tale).show(tale.concludes().state);
  };
  await promoted({ rollout: "ro_000000000001" });
  await promoted({ rollout: "ro_000000000002", service: "other" });
  await promoted({ rollout: "ro_000000000003" });
  expect([states(0), states(1), states(2)]).toEqual([["success", "inactive"], ["success"], ["success"]]);
});

test("a GitHub that is away is said once, and fails nothing", async () => {
  const tale = tell();
  const { show } = mirror(tale);
  world.github.failNext({ path: /\/deployments$/, kind: "status", status: 502, times: 2 });
  await show(tale.state);
  await show(tale.does().state);
  expect(warnings).toHaveLength(1);
  await show(tale.state);
  expect(states()).toEqual(["in_progress"]);
});

test("without a commit there is nothing to show", async () => {
  const tale = story();
  await mirror(tale).show(tale.state);
  expect(deployments()).toEqual([]);
  expect(warnings).toEqual([]);
});
