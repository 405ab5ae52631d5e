import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { noEffect, rolloutOf, steadyWorld } from "../../bench/analyze/world.ts";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { buildSampleRepository, type SampleRepository } from "../../emulated/sample/index.ts";
import { releaseTree } from "../../scripts/release-tree.ts";
import { git } from "../emulated/small-repository.ts";
import { type Run, runWorkflow } from "./release-act.ts";

/** What a tag holds, and that it runs: real workflows in `act` against the emulated GitHub. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-release-test-"));
const tree = join(folder, "tree");
let sample: SampleRepository;
let github: EmulatedGitHub;

beforeAll(async () => {
  await releaseTree(tree);
  sample = await buildSampleRepository(join(folder, "shop"));
  const write = { contents: "read", checks: "write", pull_requests: "write" } as const;
  github = await startGitHub({
    repositories: [sample.repository],
    users: sample.users,
    tokens: {
      "job-token": { app: "github-actions", permissions: write },
      "fork-token": { app: "github-actions", permissions: { contents: "read", pull_requests: "read" } },
      "history-token": { app: "github-actions", permissions: { contents: "write" } },
    },
  });
});
beforeEach(() => {
  repository().comments.clear();
  repository().checkRuns.clear();
  github.requests.length = 0;
});
afterAll(async () => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

const repository = () => github.repository("acme/shop");
const events = () => github.events("acme/shop");
const tip = (ref: string) => git(sample.folder, "rev-parse", ref);
const written = () => [repository().comments.size, repository().checkRuns.size];

function filesOf(where: string): string[] {
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(where, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

describe("the tree", () => {
  it("holds bundles, manifests and documents, and no sources", () => {
    const files = filesOf(tree);
    const expected = [
      ...[
        "action.yml",
        "decide/action.yml",
        "decide/index.js",
        "collect/action.yml",
        "collect/index.js",
        "analyze/action.yml",
        "analyze/index.js",
        "rollout/index.js",
        "canary-step/action.yml",
        "canary-step/index.js",
        "rollback/action.yml",
        "rollback/index.js",
        "learn/action.yml",
        "learn/index.js",
        "shadow/action.yml",
        "shadow/index.js",
        "canary/action.yml",
      ],
      ...["cli/index.js", "package.json", "README.md", "LICENSE", "CHANGELOG.md", "THIRD-PARTY-LICENSES"],
      ...[
        ".github/workflows/decide.yml",
        ".github/workflows/rollout.yml",
        ".github/workflows/learn.yml",
        ".github/workflows/shadow.yml",
        "policies/default/risk-weights.yaml",
      ],
    ];
    expect(files).toEqual(expect.arrayContaining(expected));
    const odd = files.filter((file) => /\.ts$|\.map$|(^|\/)(node_modules|test|core|adapters)\//.test(file));
    expect(odd).toEqual([]);
    const top = new Set(files.map((file) => file.split("/", 1)[0]));
    expect([...top].sort()).toEqual(
      [
        ".github",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "THIRD-PARTY-LICENSES",
        "action.yml",
        "analyze",
        "canary",
        "canary-step",
        "cli",
        "collect",
        "decide",
        "learn",
        "package.json",
        "policies",
        "rollback",
        "rollout",
        "shadow",
      ].sort(),
    );
    for (const file of files) expect(readFileSync(join(tree, file), "utf8").includes(root), file).toBe(false);
    if (process.platform !== "win32") expect(statSync(join(tree, "cli/index.js")).mode & 0o111).not.toBe(0);
  });

  it("names a file that is there in every manifest", () => {
    for (const [manifest, main] of [
      ["canary-step/action.yml", "index.js"],
      ["rollback/action.yml", "index.js"],
      ["learn/action.yml", "index.js"],
      ["shadow/action.yml", "index.js"],
      ["decide/action.yml", "index.js"],
      ["collect/action.yml", "index.js"],
      ["analyze/action.yml", "index.js"],
    ] as const) {
      const { runs } = parse(readFileSync(join(tree, manifest), "utf8"));
      expect(runs).toEqual({ using: "node24", main });
      expect(existsSync(join(tree, manifest, "..", main)), manifest).toBe(true);
    }
    const whole = { using: "node24", main: "rollout/index.js", post: "rollout/index.js" };
    expect(parse(readFileSync(join(tree, "action.yml"), "utf8")).runs).toEqual(whole);
    expect(existsSync(join(tree, whole.main))).toBe(true);
    const { bin, type, engines, dependencies } = JSON.parse(readFileSync(join(tree, "package.json"), "utf8"));
    expect({ bin, type, engines, dependencies }).toEqual({
      bin: { "adaptive-deploy": "cli/index.js" },
      type: "module",
      engines: { node: ">=20" },
    });
  });

  it("is the same again, byte for byte", async () => {
    const again = join(folder, "again");
    await releaseTree(again);
    expect(filesOf(again)).toEqual(filesOf(tree));
    for (const file of filesOf(tree)) {
      expect(readFileSync(join(again, file)).equals(readFileSync(join(tree, file))), file).toBe(true);
    }
  });

  it("names the licence of every package in it", () => {
    const text = readFileSync(join(tree, "THIRD-PARTY-LICENSES"), "utf8");
    for (const name of ["zod", "yaml", "@actions/core", "@octokit/core", "undici", "picomatch"]) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
    }
  });

  it("prints its path as the last line of npm run release:tree", () => {
    const said = execFileSync("npm", ["run", "release:tree"], {
      cwd: root,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    const path = said.trimEnd().split("\n").at(-1) ?? "";
    expect(existsSync(join(path, "decide/index.js"))).toBe(true);
    rmSync(path, { recursive: true });
  });
});

/** One job that decides, a step after it, and a job that waits for it. */
const workflow = (event: string, uses: string, inputs: string): string => `name: deploy
on: ${event}
permissions: {}
jobs:
  decide:
    runs-on: ubuntu-latest
    permissions: { contents: read, checks: write, pull-requests: write }
    outputs: { services: "\${{ steps.risk.outputs.services }}", id: "\${{ steps.risk.outputs.decision-id }}" }
    steps:
      - id: risk
        uses: ${uses}
        with: ${inputs}
      - run: echo "next step sees $SCORE $STRATEGY $ALLOWED"
        env:
          SCORE: \${{ steps.risk.outputs.risk-score }}
          STRATEGY: \${{ steps.risk.outputs.strategy }}
          ALLOWED: \${{ steps.risk.outputs.allowed }}
  after:
    needs: decide
    if: contains(fromJSON(needs.decide.outputs.services), 'payments-api')
    runs-on: ubuntu-latest
    steps:
      - run: echo "next job sees $ID"
        env: { ID: "\${{ needs.decide.outputs.id }}" }
`;

async function onPull(
  number: number,
  text: string,
  more: { token?: string; fork?: boolean; files?: Record<string, string> } = {},
): Promise<Run> {
  const pull = repository().pulls.get(number);
  if (!pull) throw new Error(`The sample has no pull request ${number}.`);
  const payload = JSON.parse(JSON.stringify(await events().pullRequest(pull)));
  if (more.fork) payload.pull_request.head.repo.full_name = "stranger/shop";
  return run("pull_request", payload, text, more);
}

async function run(
  event: string,
  payload: Record<string, unknown>,
  text: string,
  more: { token?: string; files?: Record<string, string>; ref?: string } = {},
): Promise<Run> {
  const token = more.token ?? "job-token";
  const runner = await events().writeFile(event, payload, { token });
  const ended = await runWorkflow({
    workflow: text,
    event,
    runner,
    tree,
    checkout: sample.folder,
    token,
    ...more,
  });
  expect(github.violations()).toEqual([]);
  return ended;
}

const sawId = /next job sees [0-9a-f]{16,}/;

describe("uses: org/adaptive-deploy/decide@v1", () => {
  it("on a pull request writes comment, check and summary, hands on its outputs, and updates on the second run", async () => {
    const text = workflow(
      "pull_request",
      "org/adaptive-deploy/decide@v1",
      "{ comment: true, environment: production }",
    );
    const first = await onPull(88, text);
    expect(first.exitCode, first.text).toBe(0);
    expect(first.text).toMatch(/next step sees \d+ canary true/);
    expect(first.text).toMatch(sawId);
    expect(first.summary).toMatch(/\d+ \/ 100/);
    expect(written()).toEqual([1, 1]);
    expect([...repository().checkRuns.values()][0]).toMatchObject({
      name: "adaptive-deploy/decide",
      status: "completed",
      conclusion: "success",
    });
    const second = await onPull(88, text);
    expect(second.exitCode, second.text).toBe(0);
    expect(written()).toEqual([1, 1]);
  });

  it("of a fork gives the summary alone and passes, even where the policy would block", async () => {
    const text = workflow(
      "pull_request",
      "org/adaptive-deploy/decide@v1",
      "{ comment: true, mode: enforced }",
    );
    const { exitCode, summary, text: said } = await onPull(89, text, { fork: true, token: "fork-token" });
    expect(exitCode, said).toBe(0);
    expect(summary).toMatch(/\d+ \/ 100/);
    expect(written()).toEqual([0, 0]);
  });

  it("fails the job where the policy in force says no", async () => {
    const text = workflow(
      "pull_request",
      "org/adaptive-deploy/decide@v1",
      "{ mode: enforced, policy: regulated }",
    );
    const { exitCode, text: said, summary } = await onPull(89, text);
    expect(exitCode).toBe(1);
    expect(said).not.toMatch(sawId);
    expect(summary).toMatch(/\d+ \/ 100/);
  });

  it("on a push and on workflow_dispatch decides on a release", async () => {
    const text = (event: string) => workflow(event, "org/adaptive-deploy/decide@v1", "{ fail-on: never }");
    const push = await events().push({ branch: "main", before: tip("main~3"), after: tip("main") });
    const pushed = await run("push", push, text("push"));
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(pushed.summary).toContain("release");
    const dispatched = await run("workflow_dispatch", events().workflowDispatch(), text("workflow_dispatch"));
    expect(dispatched.exitCode, dispatched.text).toBe(0);
    expect(dispatched.summary).toContain("release");
  });
});

describe("other ways in", () => {
  it("uses: org/adaptive-deploy@v1 is a whole rollout, which says at once what it lacks", async () => {
    const ended = await onPull(87, workflow("pull_request", "org/adaptive-deploy@v1", "{ service: shop }"));
    expect(ended.exitCode, ended.text).not.toBe(0);
    expect(ended.text).toContain("A rollout keeps every step in a ledger");
    expect(written()).toEqual([0, 0]);
  });

  it("the reusable workflow is decide with outputs of its own", async () => {
    const text = `name: risk
on: pull_request
permissions: {}
jobs:
  risk:
    permissions: { contents: read, checks: write, pull-requests: write }
    uses: org/adaptive-deploy/.github/workflows/decide.yml@v1
  after:
    needs: risk
    runs-on: ubuntu-latest
    steps:
      - run: echo "next job sees $ID and $STRATEGY"
        env: { ID: "\${{ needs.risk.outputs.decision-id }}", STRATEGY: "\${{ needs.risk.outputs.strategy }}" }
`;
    const ended = await onPull(88, text);
    expect(ended.exitCode, ended.text).toBe(0);
    expect(ended.text).toMatch(/next job sees [0-9a-f]{16,} and canary/);
    expect(written()).toEqual([1, 1]);
  });

  it("collect measures, and decide takes what it wrote", async () => {
    const junit = `<testsuites><testsuite name="unit" tests="3" failures="1"><testcase name="a"/><testcase name="b"/><testcase name="c"><failure message="no"/></testcase></testsuite></testsuites>`;
    const text = `name: build
on: pull_request
permissions: {}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - id: collect
        uses: org/adaptive-deploy/collect@v1
        with: { reports: reports/junit.xml, base: "HEAD~1", artifacts: README.md }
      - id: risk
        uses: org/adaptive-deploy/decide@v1
        with: { inputs: "\${{ steps.collect.outputs.inputs }}", fail-on: never }
      - run: cp build-info.json "$RESULTS"
        env: { RESULTS: ${folder} }
`;
    const ended = await onPull(88, text, { files: { "reports/junit.xml": junit } });
    expect(ended.exitCode, ended.text).toBe(0);
    expect(ended.summary).toContain("Failing unit tests");
    const build = JSON.parse(readFileSync(join(folder, "build-info.json"), "utf8"));
    expect(build.artifacts).toMatchObject([{ path: "README.md" }]);
    expect(build.reports).toMatchObject([{ path: "reports/junit.xml", format: "junit" }]);
  });

  it("analyze judges a recording, fails its job on a rollback and hands on what it wrote", async () => {
    const rollout = rolloutOf(steadyWorld, 1, "shop 1.5.0", { ...noEffect, errors: 4 });
    const text = `name: canary
on: workflow_dispatch
permissions: {}
jobs:
  canary:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@v7
      - id: analyze
        uses: org/adaptive-deploy/analyze@v1
        with: { measurements: rollout.jsonl }
      - if: always()
        run: echo "next step sees $VERDICT" && test -s "$REPORT"
        env: { VERDICT: "\${{ steps.analyze.outputs.verdict }}", REPORT: "\${{ steps.analyze.outputs.report }}" }
`;
    const files = { "rollout.jsonl": JSON.stringify(rollout) };
    const ended = await run("workflow_dispatch", events().workflowDispatch(), text, { files });
    expect(ended.exitCode, ended.text).toBe(1);
    expect(ended.text).toContain("next step sees rollback");
    expect(ended.summary).toContain("Roll back");
  });

  it("collect refreshes the history, and the next decision knows what is typical", async () => {
    const text = `name: history
on: push
permissions: {}
jobs:
  history:
    runs-on: ubuntu-latest
    permissions: { contents: write }
    steps:
      - uses: actions/checkout@v7
        with: { fetch-depth: 0, persist-credentials: false }
      - uses: org/adaptive-deploy/collect@v1
        with: { history: true }
`;
    const push = await events().push({ branch: "main", before: tip("main~1"), after: tip("main") });
    for (const time of ["first", "second"]) {
      const ended = await run("push", push, text, { token: "history-token" });
      expect(ended.exitCode, `${time}: ${ended.text}`).toBe(0);
    }
    expect(JSON.parse(git(sample.folder, "show", "adaptive-deploy/history:history.json"))).toMatchObject({
      base: tip("main"),
    });
    const decided = await onPull(
      88,
      workflow("pull_request", "org/adaptive-deploy/decide@v1", "{ comment: false }"),
    );
    expect(decided.summary).toMatch(/Riskier than \d+ % of the last \d+ changes/);
  });
});

describe("scripts/release.sh", () => {
  it("tags the tree for good, moves v1, prints the notes, and refuses to change a release", () => {
    const remote = join(folder, "remote.git");
    const checkout = join(folder, "checkout");
    git(folder, "init", "--quiet", "--bare", remote);
    git(folder, "init", "--quiet", "--initial-branch=main", checkout);
    cpSync(join(root, "scripts/release.sh"), join(checkout, "release.sh"));
    writeFileSync(
      join(checkout, "CHANGELOG.md"),
      "# Changelog\n\n## 0.2.0\n\n- Later.\n\n## 0.1.0\n\n- The first.\n",
    );
    git(checkout, "add", "--all");
    git(checkout, "commit", "--quiet", "-m", "First");
    git(checkout, "remote", "add", "origin", remote);
    const release = (): string =>
      execFileSync("./release.sh", [tree, "origin"], { cwd: checkout, encoding: "utf8", stdio: "pipe" });
    expect(release().trim()).toBe("- The first.");
    const tag = git(remote, "rev-parse", "v0.1.0");
    expect(git(remote, "rev-parse", "v1")).toBe(tag);
    expect(git(remote, "ls-tree", "-r", "--name-only", tag).split("\n").sort()).toEqual(filesOf(tree));
    expect(git(remote, "log", "--format=%P%B", tag)).toContain(git(checkout, "rev-parse", "HEAD"));
    expect(git(checkout, "status", "--porcelain")).toBe("");
    expect(release).toThrow(/a release is never changed/);
    writeFileSync(join(checkout, "CHANGELOG.md"), "# Changelog\n\n## Unreleased\n\n- Something.\n");
    expect(release).toThrow(/CHANGELOG.md says nothing under/);
  });
});
