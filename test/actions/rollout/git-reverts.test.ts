import { afterEach, beforeEach, expect, test } from "vitest";
import { say } from "../../../actions/rollout/around.ts";
import { gitReverts } from "../../../actions/rollout/git-reverts.ts";
import { open } from "../../../core/rollout/open.ts";
import { type RolloutWorld, rolloutWorld, shop } from "../../adapters/github/rollout-world.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallWorld } from "../../core/rollout/small-world.ts";
import { commitFiles } from "../../emulated/small-repository.ts";

let world: RolloutWorld;
beforeEach(async () => {
  world = await rolloutWorld({ contents: "write", pull_requests: "write" });
  const { folder } = world.github.repository(shop).git;
  for (const image of ["v1", "v2"]) commitFiles(folder, image, { "shop.yaml": `image: ${image}\n` });
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});
const bodies = () => [...world.github.repository(shop).pulls.values()].map(({ body }) => body);
const file = { path: "shop.yaml" };

/** A rollout that a person took back, and what proposes its revert. */
async function takenBack() {
  const { world: small, around } = smallWorld();
  const { rollout: _, ...plan } = planFor("v1", "v2");
  const answer = await open(plan, around);
  if ("refused" in answer) throw new Error(JSON.stringify(answer));
  await say(around, answer.rollout, { command: "abort", reason: "It is worse.", by: "maria" });
  const { ledger } = around;
  return { small, ledger, plan: { ...plan, rollout: answer.rollout } };
}

test("the pull request tells what the ledger knows of the rollout", async () => {
  const { ledger, plan } = await takenBack();
  await gitReverts(world.client, { repository: shop, ledger, now: Date.now })(file)?.propose(plan);
  expect(bodies()).toEqual([expect.stringContaining("maria took it back")]);
});

test("a ledger that is away keeps nobody from proposing it", async () => {
  const { small, ledger, plan } = await takenBack();
  small.away = true;
  await gitReverts(world.client, { repository: shop, ledger, now: Date.now })(file)?.propose(plan);
  expect(bodies()).toEqual([expect.stringContaining("Git still asks for it")]);
});

test("policy's repository goes before one's own, and without either nothing is proposed", async () => {
  const { ledger, plan } = await takenBack();
  const none = gitReverts(world.client, { ledger, now: Date.now });
  expect(none(file)).toBeUndefined();
  expect(await none({ ...file, repository: shop })?.propose(plan)).toContain("proposes it");
});
