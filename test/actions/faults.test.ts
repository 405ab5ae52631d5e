import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "../../core/errors.ts";
import { checks, comments, decideOn, decisionOf, rule, type Shop, startShop } from "./shop.ts";

/** Whatever goes wrong is named, with its remedy, and nothing is written that should not be. */

const comment = { comment: "true" };
let shop: Shop;
let payload: Record<string, unknown>;
beforeEach(async () => {
  shop = await startShop(rule("block"));
  shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
  payload = await shop.pullRequest(await shop.open("change"));
});
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const written = () => [comments(shop).length, checks(shop).length];

describe("a run whose token may only read", () => {
  const withFork = (event: Record<string, unknown>): unknown => {
    const copy = JSON.parse(JSON.stringify(event));
    copy.pull_request.head.repo.full_name = "stranger/shop";
    return copy;
  };
  const gone = (event: Record<string, unknown>): unknown => {
    const copy = JSON.parse(JSON.stringify(event));
    copy.pull_request.head.repo = null;
    return copy;
  };
  const byDependabot = (event: Record<string, unknown>): unknown => ({
    ...event,
    sender: { login: "dependabot[bot]", type: "Bot" },
  });

  it.each([
    ["of a fork", withFork],
    ["of a fork that was deleted", gone],
    ["of Dependabot", byDependabot],
  ])("%s gives the summary, writes nothing and exits 0", async (_name, change) => {
    const inputs = { ...comment, mode: "enforced" };
    const ended = await decideOn(shop, "pull_request", change(payload), { inputs, token: "reader" });
    const { decision, exitCode, outputs } = decisionOf(ended);
    expect(exitCode).toBe(exitCodes.go);
    expect(decision).toMatchObject({ allowed: false, mode: "enforced", recorded: false });
    expect(outputs.allowed).toBe("false");
    expect(ended.summary).toContain("/ 100");
    expect(written()).toEqual([0, 0]);
    expect(shop.github.requests.filter((one) => one.method !== "GET" && one.operation !== "graphql")).toEqual(
      [],
    );
  });
});

describe("a permission that is missing is named, and the decision is still made", () => {
  it.each([
    ["no-checks", "checks: write", [1, 0]],
    ["no-comments", "pull-requests: write", [0, 1]],
    ["reader", "checks: write", [0, 0]],
  ])("%s: %s", async (token, named, wanted) => {
    const ended = await decideOn(shop, "pull_request", payload, { inputs: comment, token });
    expect(decisionOf(ended).decision.risk_score).toBeGreaterThan(0);
    expect(ended.warnings.join("\n")).toContain(named);
    expect(ended.warnings.join("\n")).toContain("permissions:");
    expect(ended.summary).toContain("/ 100");
    expect(written()).toEqual(wanted);
  });

  it("contents: read cannot be done without: policy that cannot be read is no policy", async () => {
    const { error } = await decideOn(shop, "pull_request", payload, { token: "no-contents" });
    expect(error).toMatchObject({ exitCode: exitCodes.unavailable });
    expect(error?.message).toContain("contents: read");
  });

  it("a token that GitHub does not know is named as such", async () => {
    const { error } = await decideOn(shop, "pull_request", payload, { token: "unheard-of" });
    expect(error).toMatchObject({ reasonCode: "bad-token", exitCode: exitCodes.unavailable });
    expect(error?.message).not.toContain("unheard-of");
  });
});

describe("GitHub's faults", () => {
  const graphql = { path: "/graphql" };
  it.each([
    ["the hourly limit", { ...graphql, kind: "primary-rate-limit" }, "rate-limit", "It is lifted at 20"],
    [
      "a secondary limit",
      { ...graphql, kind: "secondary-rate-limit", retryAfterSeconds: 42 },
      "rate-limit",
      "It is lifted in 42 s",
    ],
    [
      "429",
      { operation: "pulls/list-files", kind: "secondary-rate-limit", status: 429 },
      "rate-limit",
      "the files of acme/shop#",
    ],
    ["502", { ...graphql, status: 502 }, "github-unavailable", "GitHub answered 502"],
    [
      "500 to the files",
      { operation: "pulls/list-files", status: 500 },
      "github-unavailable",
      "the files of acme/shop#",
    ],
    ["a page of HTML", { ...graphql, kind: "garbage" }, "github-unavailable", "502"],
    ["a login page", { ...graphql, kind: "garbage", status: 200 }, "github-unavailable", "not of the form"],
    [
      "a connection that breaks",
      { ...graphql, kind: "dropped" },
      "github-unreachable",
      "could not be reached",
    ],
  ] as const)("%s ends the run with a reason", async (_name, fault, reasonCode, said) => {
    shop.github.failNext({ ...fault });
    const { error } = await decideOn(shop, "pull_request", payload, { inputs: comment });
    expect(error).toMatchObject({ reasonCode, exitCode: exitCodes.unavailable });
    expect(error?.message).toContain(said);
    expect(error?.message).not.toMatch(/\n\s+at /);
    expect(written()).toEqual([0, 0]);
  });

  it.each([
    ["checks/create", "adaptive-deploy/decide (checks: write)", [1, 0]],
    ["issues/create-comment", "(pull-requests: write)", [0, 1]],
  ])("at the write %s leave the decision and the other write", async (operation, named, wanted) => {
    shop.github.failNext({ operation, status: 503 });
    const ended = await decideOn(shop, "pull_request", payload, { inputs: comment });
    decisionOf(ended);
    expect(ended.warnings.join("\n")).toContain(named);
    expect(written()).toEqual(wanted);
  });

  it("at the list of check runs cost nothing", async () => {
    shop.github.failNext({ operation: "checks/list-for-ref", status: 500 });
    const ended = await decideOn(shop, "pull_request", payload, { inputs: comment });
    expect(decisionOf(ended) && ended.warnings).toEqual([]);
    expect(written()).toEqual([1, 1]);
  });
});
