import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { proposeModel } from "../../actions/learn/propose.ts";
import { readFolder } from "../../adapters/policy/folder.ts";
import { type RolloutWorld, rolloutWorld, shop } from "../adapters/github/rollout-world.ts";
import { modelOfHistory, toldHistory } from "../core/learning/told-history.ts";
import { commitFiles, git } from "../emulated/small-repository.ts";

const dataset = toldHistory(260);
const folder = ".github/adaptive-deploy";
let model = "";
let notes: string[] = [];
let world: RolloutWorld;
beforeAll(() => {
  model = `${JSON.stringify(modelOfHistory(dataset))}\n`;
});
beforeEach(async () => {
  notes = [];
  world = await rolloutWorld({ contents: "write", pull_requests: "write" });
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const root = () => world.github.repository(shop).git.folder.replace(/\/\.git$/, "");
const pulls = () => [...world.github.repository(shop).pulls.values()];
const proposed = (text = model) =>
  proposeModel(world.client, shop, {
    ...{ root: root(), dataset, model: text, environment: "production" },
    note: (sentence) => notes.push(sentence),
  });

/** What the merge button does, and a fresh checkout after it. */
async function merge(number: number) {
  const pull = { owner: "acme", repo: "shop", pull_number: number };
  await world.client.request("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", pull);
  git(root(), "reset", "--hard", "main");
}

test("the first model comes with its card, and a policy that reads it; merged, it is proposed no more", async () => {
  const said = await proposed();
  expect(said).toMatchObject({ outcome: "opened", number: 1 });
  expect(pulls()[0]?.body).toContain("**The first model of risk of this repository, learnt from 230 changes");
  expect(pulls()[0]?.body).toContain("Merging it changes no answer by itself.");
  await merge(1);
  const files = await readFolder(`${root()}/${folder}`);
  expect([...files.keys()]).toEqual(["model-card.md", "model.json"]);
  expect(files.get("model.json")).toBe(model);
  expect(files.get("model-card.md")).toContain("# Model card");
  const asked = world.github.requests.length;
  expect(await proposed()).toEqual({
    outcome: "nothing",
    sentence: "The merged model has learnt from exactly these changes.",
  });
  expect(world.github.requests).toHaveLength(asked);
});

test("a newer one closes the one that nobody merged, and is held against the one that is merged", async () => {
  await proposed();
  const newer = JSON.parse(model);
  newer.trained.to = "2026-06-01T00:00:00.000Z";
  expect(await proposed(JSON.stringify(newer))).toMatchObject({
    outcome: "opened",
    number: 2,
    replaced: [1],
  });
  await merge(2);
  const next = { ...newer, trained: { ...newer.trained, rows: 300, to: "2026-07-01T00:00:00.000Z" } };
  expect(await proposed(JSON.stringify(next))).toMatchObject({ outcome: "opened", number: 3, replaced: [] });
  expect(pulls()[2]?.body).toContain("**A newer model of risk, learnt from 300 changes");
  expect(pulls()[2]?.body).toContain("The merged one knew 230.");
});

test("a merged model that nobody can read is replaced", async () => {
  commitFiles(root(), "Break it", { [`${folder}/model.json`]: "{" });
  expect(await proposed()).toMatchObject({ outcome: "opened" });
});

describe("the folder is the one that the configuration names", () => {
  test("another one", async () => {
    commitFiles(root(), "Configure", {
      ".github/adaptive-deploy.yml": "schema-version: 1\npolicy: ops/policy/\n",
      "ops/policy/thresholds-and-windows.yaml":
        "schema-version: 1\ndefaults: { model: { state: enforced } }\n",
    });
    expect(await proposed()).toMatchObject({ outcome: "opened" });
    const { headRef, body } = pulls()[0] ?? {};
    expect(git(root(), "diff", "--name-only", `main..${headRef}`).split("\n")).toEqual([
      "ops/policy/model-card.md",
      "ops/policy/model.json",
    ]);
    expect(body).toMatch(
      /As the policy stands, of the newest 260 changes \d+ would be answered differently\./,
    );
  });

  test("a shipped one has none, and the remedy is said", async () => {
    const configuration = "schema-version: 1\npolicy: regulated\n";
    commitFiles(root(), "Configure", { ".github/adaptive-deploy.yml": configuration });
    await expect(proposed()).rejects.toMatchObject({
      reasonCode: "no-policy-folder",
      message: expect.stringContaining("extends: regulated"),
    });
  });
});
