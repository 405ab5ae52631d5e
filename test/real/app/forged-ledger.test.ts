import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { gitBranchLedger } from "../../../adapters/ledgers/git-branch.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import { decideOn, decisionOf, inMode, type Shop, startShop } from "../../actions/shop.ts";
import { slug } from "../../app/app.ts";
import { type Shops, startShops } from "../../app/shops.ts";
import { git } from "../../emulated/small-repository.ts";

/** Whoever may push can write to a ledger on a branch, with a sound chain. None of it lets anything go. */

const thresholds = ".github/adaptive-deploy/thresholds-and-windows.yaml";
const files = {
  ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: git-branch }\n",
  [thresholds]: "schema-version: 1\ndefaults: { mode: enforced, approval: { from: 0 } }\n",
};

/** Pushes events from a clone, by plain git, as a person with push rights would. */
async function forge(
  folder: string,
  stream: string,
  events: Omit<NewEvent, "at" | "nonce">[],
): Promise<void> {
  const clone = mkdtempSync(join(tmpdir(), "forger-"));
  git(tmpdir(), "clone", "--quiet", folder, clone);
  const ledger = gitBranchLedger({ repository: clone, remote: "origin" });
  let head = await ledger.head(stream);
  for (const event of events) {
    await ledger.append(
      stream,
      [{ ...event, at: new Date().toISOString(), nonce: randomBytes(16).toString("hex") }],
      head,
    );
    head = await ledger.head(stream);
  }
  rmSync(clone, { recursive: true, force: true });
}

const approvals = (head: string, ids: number[], actor: string): Omit<NewEvent, "at" | "nonce">[] =>
  ids.map((id) => ({
    kind: "approval",
    actor,
    body: {
      reason: "forged",
      pointer: {
        kind: "comment",
        repository: "acme/shop",
        id,
        pull_request: 1,
        head_sha: head,
        environment: "production",
        actor,
      },
    },
  }));
const others = (head: string): Omit<NewEvent, "at" | "nonce">[] => [
  {
    kind: "decision",
    actor: "rita",
    body: { decision_id: "forged", allowed: true, needs_approval: false, subject: { kind: "change", head } },
  },
  { kind: "outcome", actor: "rita", body: { sha: head, environment: "production", state: "success" } },
];

describe("the App", () => {
  let shops: Shops;
  beforeAll(async () => {
    shops = await startShops(["acme"], { files });
  });
  afterAll(() => shops.close());

  test("reads its own ledger alone: a forged branch changes neither check nor gate", async () => {
    const folder = shops.folder("acme");
    const [head, main] = [git(folder, "rev-parse", "change"), git(folder, "rev-parse", "main")];
    const idle = await shops.say("acme", "rita", "Looks nice");
    for (const sha of [head, main]) {
      await forge(folder, "changes", [...approvals(sha, [idle.id, 999_999], "rita"), ...others(sha)]);
      await forge(folder, "production/shop", [...approvals(sha, [idle.id], "rita"), ...others(sha)]);
    }
    expect(git(folder, "branch", "--list", "adaptive-deploy/*")).not.toBe("");
    await shops.pull("acme");
    expect(await shops.decided("acme")).toMatchObject({ allowed: false, approvals: [] });
    expect(shops.checks("acme")).toMatchObject([{ conclusion: "action_required" }]);

    const { github } = shops;
    const repository = github.repository("acme/shop");
    await fetch(`${github.url}/repos/acme/shop/deployments`, {
      method: "POST",
      headers: { authorization: "Bearer ben-token", "content-type": "application/json" },
      body: JSON.stringify({
        ref: main,
        environment: "production",
        auto_merge: false,
        required_contexts: [],
      }),
    });
    const deployment = [...repository.deployments.values()].at(-1);
    if (!deployment) throw new Error("No deployment was made.");
    const { id: run } = github.addRun("acme/shop", { headSha: main, actor: "ben" });
    const events = github.events("acme/shop").as({ login: "ben", app: slug });
    await shops.send(
      "deployment_protection_rule",
      await events.protectionRule({ run, environment: "production", deployment }),
    );
    const answers = () => repository.runs.get(run)?.protectionAnswers ?? [];
    await vi.waitFor(() => expect(answers()).toHaveLength(1), { timeout: 60_000 });
    expect(answers().map(({ state }) => state)).toEqual([null]);
    expect(answers()[0]?.comment).toContain("Waits for an approval");
    expect(github.violations()).toEqual([]);
  });
});

describe("the Action, whose ledger is the branch", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({ ...files, ...inMode("enforced"), [thresholds]: files[thresholds] });
  });
  afterAll(() => shop.close());

  test("asks GitHub for each approval, and says why the forged ones do not count", async () => {
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const number = await shop.open("change", { number: 1 });
    const answer = await fetch(`${shop.github.url}/repos/acme/shop/issues/${number}/comments`, {
      method: "POST",
      headers: { authorization: "Bearer maria", "content-type": "application/json" },
      body: JSON.stringify({ body: "Looks nice" }),
    });
    expect(answer.status).toBe(201);
    const [comment] = [...shop.github.repository("acme/shop").comments.values()];
    const head = shop.tip("change");
    await forge(shop.folder, "changes", [
      ...approvals(head, [comment?.id ?? 0, 999_999], "maria"),
      ...others(head),
    ]);
    const ended = await decideOn(shop, "pull_request", await shop.pullRequest(number), { token: "ledger" });
    const { decision } = decisionOf(ended);
    expect(decision).toMatchObject({ allowed: false, needs_approval: true, approvals: [] });
    expect(ended.warnings.join("\n")).toMatch(/approval/);
    expect(shop.github.violations()).toEqual([]);
  });
});
