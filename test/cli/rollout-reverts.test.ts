import { expect, onTestFinished, test } from "vitest";
import { readArguments } from "../../cli/arguments.ts";
import { rollbackVerb } from "../../cli/rollout/declaration.ts";
import { revertsHere } from "../../cli/rollout/reverts.ts";
import { rolloutWorld, shop } from "../adapters/github/rollout-world.ts";
import { planFor } from "../contracts/target-plan.ts";
import { smallWorld } from "../core/rollout/small-world.ts";
import { commitFiles } from "../emulated/small-repository.ts";

test("the shell's token proposes the revert, and without one nothing does", async () => {
  const world = await rolloutWorld({ contents: "write", pull_requests: "write" });
  onTestFinished(() => world.close());
  const { folder } = world.github.repository(shop).git;
  for (const image of ["v1", "v2"]) commitFiles(folder, image, { "shop.yaml": `image: ${image}\n` });
  const { ledger } = smallWorld().around;
  const words = readArguments(rollbackVerb, []);
  const here = async (environment: NodeJS.ProcessEnv) => {
    const terminal = { environment, out: () => {}, note: () => {}, colour: false, width: 100 };
    return (await revertsHere(ledger, words, terminal)).gitRevert?.({ path: "shop.yaml" });
  };
  const token = { GITHUB_TOKEN: "job-token", GITHUB_API_URL: world.github.url };
  expect(await here({ GITHUB_REPOSITORY: shop })).toBeUndefined();
  expect(await here(token)).toBeUndefined();
  const revert = await here({ ...token, GITHUB_REPOSITORY: shop });
  expect(await revert?.propose(planFor("v1", "v2"))).toContain("proposes it");
  expect(world.github.violations()).toEqual([]);
});
