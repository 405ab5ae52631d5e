import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { buildSampleRepository, type SampleRepository } from "../../emulated/sample/index.ts";
import { releaseTree } from "../../scripts/release-tree.ts";
import { runWorkflow } from "./release-act.ts";

const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-release-test-"));
const tree = join(folder, "tree");
let sample: SampleRepository;
let github: EmulatedGitHub;

beforeAll(async () => {
  await releaseTree(tree);
  sample = await buildSampleRepository(join(folder, "shop"));
  github = await startGitHub({
    repositories: [sample.repository],
    users: sample.users,
    tokens: {
      "job-token": {
        app: "github-actions",
        permissions: { contents: "read", checks: "write", pull_requests: "write" },
      },
    },
  });
});
afterAll(async () => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

const repository = () => github.repository("acme/shop");

describe("try", () => {
  it("works", async () => {
    const pull = repository().pulls.get(88);
    if (!pull) throw new Error("no pull");
    const payload = await github.events("acme/shop").pullRequest(pull);
    const runner = await github
      .events("acme/shop")
      .writeFile("pull_request", payload, { token: "job-token" });
    const run = await runWorkflow({
      workflow: `on: pull_request
jobs:
  decide:
    runs-on: ubuntu-latest
    outputs: { services: "\${{ steps.risk.outputs.services }}" }
    steps:
      - id: risk
        uses: org/adaptive-deploy/decide@v1
        with: { comment: true }
      - run: echo "score \${{ steps.risk.outputs.risk-score }}"
  next:
    needs: decide
    runs-on: ubuntu-latest
    steps:
      - run: echo 'services \${{ needs.decide.outputs.services }}'
`,
      event: "pull_request",
      runner,
      tree,
      checkout: sample.folder,
    });
    console.log(run);
    console.log(
      [...repository().comments.values()].length,
      [...repository().checkRuns.values()].map((one) => one.name),
      github.violations(),
    );
    expect(run.exitCode).toBe(0);
  });
});
