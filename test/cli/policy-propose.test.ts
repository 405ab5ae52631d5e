import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { shippedFiles } from "../../adapters/policy/shipped.ts";
import { type RolloutWorld, rolloutWorld, shop } from "../adapters/github/rollout-world.ts";
import { commitFiles, git } from "../emulated/small-repository.ts";
import { commanded } from "./command.ts";

const folder = ".github/adaptive-deploy";
const weights = shippedFiles("default")?.get("risk-weights.yaml") ?? "";
const mapping = shippedFiles("default")?.get("strategy-mapping-policy.yaml") ?? "";
let world: RolloutWorld;
beforeEach(async () => {
  world = await rolloutWorld({ contents: "write", pull_requests: "write" });
  commitFiles(root(), "Write policy down", { [`${folder}/risk-weights.yaml`]: weights });
  for (let size = 1; size < 8; size += 1)
    commitFiles(root(), `Change ${size}`, {
      "src/pay.ts": `export const pay = ${size};\n`.repeat(60 * size),
    });
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const root = () => world.github.repository(shop).git.folder.replace(/\/\.git$/, "");
const pulls = () => [...world.github.repository(shop).pulls.values()];
const edit = (files: Record<string, string>) => {
  mkdirSync(join(root(), folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root(), folder, name), text);
};
const proposed = (...words: string[]) =>
  commanded(["policy", "propose", "--repository", shop, ...words], root(), {
    GITHUB_TOKEN: "job-token",
    GITHUB_API_URL: world.github.url,
  });

test("edits of the folder come as a pull request with what they would have changed, and once only", async () => {
  expect((await proposed()).out).toContain("there is nothing to propose");
  edit({ "strategy-mapping-policy.yaml": mapping.replaceAll('"strategy":"rolling"', '"strategy":"canary"') });
  const said = await proposed("--title", "Canaries for all");
  expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/\/pull\/1 proposes it/) });
  const [pull] = pulls();
  expect(pull?.title).toBe("Canaries for all");
  expect(pull?.body).toContain("**This edits `strategy-mapping-policy.yaml`.**");
  expect(pull?.body).toMatch(/\| rolling \| \d+ \(\d+ %\) \| \*\*0 \(0 %\)\*\* \|/);
  const files = git(root(), "diff", "--name-only", `main..${pull?.headRef}`);
  expect(files).toBe(`${folder}/strategy-mapping-policy.yaml`);
  expect((await proposed()).out).toMatch(/\/pull\/1 proposes it/);
  expect(pulls()).toHaveLength(1);
});

test("the next edit replaces it", async () => {
  edit({ "risk-weights.yaml": `${weights}\n# one\n` });
  await proposed();
  edit({ "risk-weights.yaml": `${weights}\n# two\n` });
  expect((await proposed()).out).toMatch(/\/pull\/2 proposes it/);
  expect(pulls().map(({ state }) => state)).toEqual(["closed", "open"]);
  expect(pulls()[1]?.body).toContain("none would be answered differently");
});

test.each<[string, () => void, string]>([
  ["a policy that is refused", () => edit({ "risk-weights.yaml": "weights: 1\n" }), "risk-weights.yaml"],
  [
    "a file that is gone",
    () => {
      edit({ "cases.yaml": "schema-version: 1\ncases: []\n" });
      git(root(), "rm", "--quiet", "--force", `${folder}/risk-weights.yaml`);
    },
    "risk-weights.yaml of .github/adaptive-deploy is removed",
  ],
  [
    "a file that is another one on the default branch by now",
    () => {
      const before = git(root(), "rev-parse", "HEAD");
      commitFiles(root(), "Further", { [`${folder}/risk-weights.yaml`]: `${weights}\n# theirs\n` });
      git(root(), "checkout", "--quiet", "--detach", before);
      edit({ "risk-weights.yaml": `${weights}\n# mine\n` });
    },
    "is another one on main",
  ],
])("%s is not proposed, and the reason is said", async (_, arrange, words) => {
  arrange();
  const { code, note } = await proposed();
  expect(code).toBeGreaterThan(0);
  expect(note).toContain(words);
  expect(pulls()).toEqual([]);
});
