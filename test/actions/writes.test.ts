import { afterEach, describe, expect, it } from "vitest";
import { actionMarker } from "../../adapters/github/comment.ts";
import { longestChain, roundTrips } from "../../emulated/github/index.ts";
import { checks, comments, decideOn, decisionOf, manyFiles, type Shop, startShop } from "./shop.ts";

const comment = { comment: "true" };
let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

async function say(login: string, number: number, body: string, times = 1): Promise<void> {
  const { getOctokit } = await import("@actions/github");
  const client = getOctokit(login, { baseUrl: shop.github.url });
  for (let index = 0; index < times; index++) {
    await client.rest.issues.createComment({ owner: "acme", repo: "shop", issue_number: number, body });
  }
}

describe("the way to check and comment takes at most two sequential round trips", () => {
  const chain = () => longestChain(shop.github.requests).map((one) => one.operation);

  it("with more files than a page, and more comments than a page", async () => {
    // Long enough that a busy machine cannot make requests of one trip look sequential.
    shop = await startShop({}, { latencyMs: 500 });
    shop.branch("wide", manyFiles(230));
    const number = await shop.open("wide");
    await say("maria", number, "Looks good", 1);
    const state = shop.github.repository("acme/shop").comments;
    const [one] = state.values();
    if (!one) throw new Error("no comment");
    for (let id = 1; id < 120; id++) state.set(one.id + 10_000 + id, { ...one, id: one.id + 10_000 + id });
    const payload = await shop.pullRequest(number);
    for (const run of ["first", "second"]) {
      shop.github.requests.length = 0;
      decisionOf(await decideOn(shop, "pull_request", payload, { inputs: comment }));
      expect(roundTrips(shop.github.requests), `${run}: ${chain().join(", ")}`).toBe(2);
      const pages = shop.github.requests.filter((one) => one.operation === "pulls/list-files");
      expect(pages).toHaveLength(3);
      const lists = shop.github.requests.filter((request) => request.operation === "issues/list-comments");
      expect(lists).toHaveLength(2);
    }
    expect(comments(shop)).toHaveLength(121);
    expect(checks(shop)).toHaveLength(1);
  });

  it("and a bundle of the repository costs none", async () => {
    shop = await startShop(
      {
        ".github/adaptive-deploy.yml": "schema-version: 1\n",
        ".github/adaptive-deploy/guardrails.rules": "# none\n",
      },
      { latencyMs: 250 },
    );
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const payload = await shop.pullRequest(await shop.open("change"));
    const { decision } = decisionOf(await decideOn(shop, "pull_request", payload, { inputs: comment }));
    expect(decision.policy_version).toMatchObject({ name: "repository", commit: shop.tip("main") });
    expect(roundTrips(shop.github.requests), chain().join(", ")).toBe(2);
  });

  it("one more where the configuration names another folder, read at the very commit of the configuration", async () => {
    shop = await startShop(
      {
        ".github/adaptive-deploy.yml": "schema-version: 1\npolicy: ops/risk\n",
        "ops/risk/thresholds-and-windows.yaml": "schema-version: 1\ndefaults:\n  mode: enforced\n",
      },
      { latencyMs: 250 },
    );
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const payload = await shop.pullRequest(await shop.open("change"));
    const { decision } = decisionOf(await decideOn(shop, "pull_request", payload, { inputs: comment }));
    expect(decision).toMatchObject({
      mode: "enforced",
      policy_version: { name: "risk", commit: shop.tip("main") },
    });
    expect(roundTrips(shop.github.requests), chain().join(", ")).toBe(3);
    const asked = shop.github.requests
      .filter((one) => one.operation === "graphql")
      .map((one) => JSON.stringify(one.body));
    expect(asked.at(-1)).toContain(`${shop.tip("main")}:ops/risk`);
  });
});

describe("the sticky comment", () => {
  it("is ours by its marker and by its account, and is updated in place", async () => {
    shop = await startShop();
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const number = await shop.open("change");
    await say("maria", number, `${actionMarker}\nAn impostor's comment`);
    await say("job", number, "Another step of the same bot");
    const payload = await shop.pullRequest(number);
    decisionOf(await decideOn(shop, "pull_request", payload, { inputs: comment }));
    expect(comments(shop)).toHaveLength(3);
    const ours = comments(shop).at(-1);
    expect(ours).toMatchObject({ user: { login: "github-actions[bot]" } });

    shop.branch("change", manyFiles(40));
    decisionOf(await decideOn(shop, "pull_request", await shop.pullRequest(number), { inputs: comment }));
    expect(comments(shop)).toHaveLength(3);
    expect(comments(shop).at(-1)?.id).toBe(ours?.id);
    expect(comments(shop)[0]?.body).toContain("An impostor's comment");
    expect(comments(shop)[1]?.body).toBe("Another step of the same bot");
    // The head moved, so the check belongs to another commit.
    expect(new Set(checks(shop).map((one) => one.headSha)).size).toBe(2);
  });

  it("and the check run of each environment and service are their own", async () => {
    shop = await startShop();
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const payload = await shop.pullRequest(await shop.open("change"));
    for (const environment of ["production", "staging", "a --> b", "staging"]) {
      await decideOn(shop, "pull_request", payload, { inputs: { ...comment, environment } });
    }
    expect(comments(shop)).toHaveLength(3);
    expect(checks(shop).map((one) => one.name)).toEqual([
      "adaptive-deploy/decide",
      "adaptive-deploy/decide: staging",
      "adaptive-deploy/decide: a --> b",
    ]);
    for (const one of comments(shop))
      expect(one.body.split("\n", 1)[0]).toMatch(/^<!-- adaptive-deploy:decide:v1[^<>]* -->$/);
  });

  it("is not written blindly where the comments could not be listed", async () => {
    shop = await startShop();
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const payload = await shop.pullRequest(await shop.open("change"));
    shop.github.failNext({ operation: "issues/list-comments", status: 502 });
    const ended = await decideOn(shop, "pull_request", payload, { inputs: comment });
    decisionOf(ended);
    expect(comments(shop)).toHaveLength(0);
    expect(checks(shop)).toHaveLength(1);
    expect(ended.warnings.join("\n")).toContain("No comment was written. GitHub answered 502");
  });
});

describe("the check run", () => {
  it("is updated by a second run on the same head, whatever another App calls its own", async () => {
    shop = await startShop(
      {},
      {
        tokens: {
          job: {
            app: "github-actions",
            permissions: { contents: "read", checks: "write", pull_requests: "write" },
          },
          other: { app: "impostor", permissions: { checks: "write" } },
        },
      },
    );
    const head = shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const { getOctokit } = await import("@actions/github");
    const other = getOctokit("other", { baseUrl: shop.github.url });
    await other.rest.checks.create({
      owner: "acme",
      repo: "shop",
      name: "adaptive-deploy/decide",
      head_sha: head,
      conclusion: "failure",
    });
    const payload = await shop.pullRequest(await shop.open("change"));
    await decideOn(shop, "pull_request", payload, { inputs: comment, now: new Date("2026-03-02T12:00:00Z") });
    await decideOn(shop, "pull_request", payload, { inputs: comment, now: new Date("2026-03-02T12:05:00Z") });
    expect(checks(shop).map((one) => [one.app.slug, one.completedAt?.slice(0, 16)])).toEqual([
      ["impostor", expect.any(String)],
      ["github-actions", "2026-03-02T12:05"],
    ]);
  });

  it("of one head in two pull requests has a name for each base", async () => {
    shop = await startShop();
    shop.branch("release/1.x", { "docs/release.md": "# 1.x\n" });
    shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
    const first = await shop.pullRequest(await shop.open("change"));
    const second = await shop.pullRequest(await shop.open("change", { base: "release/1.x" }));
    for (const payload of [first, second]) await decideOn(shop, "pull_request", payload, { inputs: comment });
    expect(checks(shop).map((one) => one.name)).toEqual([
      "adaptive-deploy/decide",
      "adaptive-deploy/decide (release/1.x)",
    ]);
    expect(new Set(checks(shop).map((one) => one.headSha)).size).toBe(1);
    expect(comments(shop)).toHaveLength(2);
  });
});

/** What a terminal or a page would obey instead of showing. */
function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code < 32 && character !== "\n" && character !== "\t") || code === 0x7f || code === 0x202e;
}

describe("a hostile title", () => {
  const titles = [
    "</details><script>alert(1)</script>",
    "\u001b[31mred\u001b[0m \u202Egnp.exe",
    "`${{ secrets.TOKEN }}` | a | b |\n# heading",
    "@maria @acme/everyone please look",
    "<!-- adaptive-deploy:decide:v1 -->",
    "%0A::set-output name=allowed::true",
  ];
  it.each(titles)("%j breaks neither comment nor summary", async (title) => {
    shop = await startShop({});
    shop.branch("change", {
      "src/pay.ts": "export const pay = 2;\n",
      "src/a|b`c.ts": "export const x = 1;\n",
    });
    const payload = await shop.pullRequest(await shop.open("change", { title }));
    const ended = await decideOn(shop, "pull_request", payload, { inputs: comment });
    decisionOf(ended);
    const texts = [
      ended.summary,
      ...comments(shop).map((one) => one.body),
      JSON.stringify(checks(shop)[0]?.output),
    ];
    for (const text of texts) {
      expect(text).not.toContain("<script");
      expect([...text].filter(isControl)).toEqual([]);
      expect(text).not.toMatch(/(?<![\w`])@maria/);
      expect(text.match(/<!-- adaptive-deploy:decide:v1 -->/g)?.length ?? 0).toBeLessThanOrEqual(1);
    }
  });
});
