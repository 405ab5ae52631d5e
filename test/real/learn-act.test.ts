import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { releaseTree } from "../../scripts/release-tree.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "../emulated/small-repository.ts";
import { type Run, runWorkflow } from "./release-act.ts";

/** The workflow of docs/learning-pull-request.md under act: it learns, proposes, and proposes nothing twice. */

const folder = mkdtempSync(join(tmpdir(), "learn-act-"));
const tree = join(folder, "tree");
let repository: SmallRepository;
let github: EmulatedGitHub;

beforeAll(async () => {
  await releaseTree(tree);
  repository = smallRepository();
  for (let change = 0; change < 30; change += 1) {
    const text = `export const pay = ${change};\n`.repeat(1 + (change % 7));
    commitFiles(repository.folder, change % 5 === 4 ? "Fix the crash of pay" : "Go on", {
      "src/pay.ts": text,
    });
  }
  github = await startGitHub({
    users: [{ login: "maria" }],
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: repository.folder, defaultBranch: "main" },
        collaborators: { maria: "admin" },
      },
    ],
    tokens: {
      "job-token": {
        app: "github-actions",
        permissions: { contents: "write", pull_requests: "write", deployments: "read" },
      },
    },
  });
});
afterEach(() => expect(github.violations()).toEqual([]));
afterAll(async () => {
  await github?.close();
  repository?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const workflow = `name: learn
on: workflow_dispatch
permissions: {}
jobs:
  learn:
    permissions: { contents: write, pull-requests: write, deployments: read, id-token: write }
    uses: org/adaptive-deploy/.github/workflows/learn.yml@v1
  after:
    needs: learn
    runs-on: ubuntu-latest
    steps:
      - run: echo "proposed at $URL"
        env: { URL: "\${{ needs.learn.outputs.proposal }}" }
`;

async function run(): Promise<Run> {
  const events = github.events("acme/shop").as({ login: "maria" });
  const runner = await events.writeFile("workflow_dispatch", events.workflowDispatch({}), {
    token: "job-token",
  });
  return runWorkflow({
    ...{ workflow, event: "workflow_dispatch", runner, tree, checkout: repository.folder },
    token: "job-token",
  });
}

const pulls = () => [...github.repository("acme/shop").pulls.values()];

it("learns, and opens one pull request with the model and its card", async () => {
  const ended = await run();
  expect(ended.exitCode, ended.text).toBe(0);
  expect(ended.text).toMatch(/proposed at http\S+\/pull\/1/);
  expect(ended.summary).toContain("# Model card");
  const [pull] = pulls();
  expect(pull).toMatchObject({
    state: "open",
    baseRef: "main",
    title: expect.stringMatching(/^Model of risk/),
  });
  const files = git(repository.folder, "diff", "--name-only", `main..${pull?.headRef}`).split("\n");
  expect(files).toEqual([".github/adaptive-deploy/model-card.md", ".github/adaptive-deploy/model.json"]);
});

it("run again, it finds that pull request", async () => {
  const ended = await run();
  expect(ended.exitCode, ended.text).toBe(0);
  expect(ended.text).toMatch(/proposed at http\S+\/pull\/1/);
  expect(pulls()).toHaveLength(1);
});
