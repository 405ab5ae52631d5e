import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { releaseTree } from "../../scripts/release-tree.ts";
import { startPrometheus } from "../app/analysis/prometheus.ts";
import { git } from "../emulated/small-repository.ts";
import { type Haproxy, startHaproxy } from "./haproxy.ts";
import { type Run, runWorkflow } from "./release-act.ts";
import { repositoryBehind } from "./rollout-repository.ts";

/** The workflow and the composite Action that others call, under act: each moves real HAProxies. */

const folder = mkdtempSync(join(tmpdir(), "rollout-act-"));
const tree = join(folder, "tree");
let shop: Haproxy;
let cart: Haproxy;
let store: Awaited<ReturnType<typeof startPrometheus>>;
let checkout: ReturnType<typeof repositoryBehind>;
let github: EmulatedGitHub;
let bad: Record<string, number> = {};

beforeAll(async () => {
  await releaseTree(tree);
  [shop, cart] = await Promise.all([startHaproxy(), startHaproxy()]);
  store = await startPrometheus((version) => ({ total: 5000, bad: bad[version] ?? 5 }));
  checkout = repositoryBehind({ shop, cart }, store.url, {
    ledger: "{ home: git-branch }",
    shares: [50, 100],
  });
  github = await startGitHub({
    users: [{ login: "maria" }],
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: checkout.folder, defaultBranch: "main" },
        collaborators: { maria: "admin" },
      },
    ],
    tokens: {
      "job-token": {
        app: "github-actions",
        permissions: { contents: "write", deployments: "write", issues: "write", pull_requests: "read" },
      },
    },
  });
});
afterEach(() => expect(github.violations()).toEqual([]));
afterAll(async () => {
  await Promise.all([shop?.stop(), cart?.stop(), store?.close(), github?.close()]);
  checkout?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const served = async ({ url }: Haproxy): Promise<string> => (await fetch(url)).text();

async function run(workflow: string): Promise<Run> {
  const events = github.events("acme/shop").as({ login: "maria" });
  const tip = (ref: string) => git(checkout.folder, "rev-parse", ref);
  const push = await events.push({ branch: "main", before: tip("main~1"), after: tip("main") });
  const token = "job-token";
  const runner = await events.writeFile("push", push, { token });
  return runWorkflow({ workflow, event: "push", runner, tree, checkout: checkout.folder, token });
}

const permissions = "{ contents: write, deployments: write, issues: write, pull-requests: read }";

it("rollout.yml rolls each target of its matrix out, each in its own job", async () => {
  const ended = await run(`name: deploy
on: push
permissions: {}
jobs:
  rollout:
    permissions: { contents: write, deployments: write, issues: write, pull-requests: read, id-token: write }
    uses: org/adaptive-deploy/.github/workflows/rollout.yml@v1
    with:
      targets: '[{ "service": "shop", "candidate": "green" }, { "service": "cart", "candidate": "green" }]'
  after:
    needs: rollout
    runs-on: ubuntu-latest
    steps:
      - run: echo "next job sees $ID"
        env: { ID: "\${{ needs.rollout.outputs.decision-id }}" }
`);
  expect(ended.exitCode, ended.text).toBe(0);
  for (const service of ["shop", "cart"])
    expect(ended.text).toContain(`canary of ${service} in production, blue → green`);
  expect(await Promise.all([served(shop), served(cart)])).toEqual(["green", "green"]);
  expect(ended.text).toMatch(/next job sees [0-9a-f]{16,}/);
});

/** One job that decides and then calls the composite Action once for each step, and once more for the end. */
const canaries = (candidate: string, stable: string): string => `name: canary
on: push
permissions: {}
jobs:
  canary:
    runs-on: ubuntu-latest
    permissions: ${permissions}
    steps:
      - id: risk
        uses: org/adaptive-deploy/decide@v1
        with: { environment: production, service: shop }
${["first", "second", "rest"].map((id) => canary(id, candidate, stable)).join("")}`;

const canary = (id: string, candidate: string, stable: string): string => `      - id: ${id}
        uses: org/adaptive-deploy/canary@v1
        with:
          service: shop
          decision-id: \${{ steps.risk.outputs.decision-id }}
          candidate: ${candidate}
          telemetry-candidate: version=${candidate}
          telemetry-stable: version=${stable}
          settle: 0s
      - if: always()
        run: echo "${id} is $OUTCOME at $SHARE by $VERDICT"
        env:
          OUTCOME: \${{ steps.${id}.outputs.outcome }}
          SHARE: \${{ steps.${id}.outputs.share }}
          VERDICT: \${{ steps.${id}.outputs.verdict }}
`;

describe("the composite Action canary", () => {
  it("goes one step a call, and ends the rollout behind the last one", async () => {
    const ended = await run(canaries("blue", "green"));
    expect(ended.exitCode, ended.text).toBe(0);
    expect(ended.text).toContain("first is watching at 100 by promote");
    expect(ended.text).toContain("rest is completed at 100 by");
    expect(await served(shop)).toBe("blue");
  });

  it("takes the candidate back where analyze says so, and the job stays red", async () => {
    bad = { green: 1500 };
    const ended = await run(canaries("green", "blue"));
    expect(ended.exitCode).toBe(1);
    expect(ended.text).toContain("first is rolled-back at 50 by rollback");
    expect(await served(shop)).toBe("blue");
    const [incident] = [...github.repository("acme/shop").issues.values()];
    expect(incident?.body).toContain("analyze said rollback");
  });
});
