import { describe, expect, it } from "vitest";
import type { GitHubClient } from "../../../adapters/github/client.ts";
import { type SaidInComment, saidInComment } from "../../../adapters/github/command-comment.ts";
import { anyWriter } from "../../../core/approval/asked.ts";

/** A word in the ledger is believed where its comment says so, and by nobody's leave but policy's. */

const since = "2026-03-02T12:00:00.500Z";
const plan = { rollout: "ro_0123456789ab", service: "shop", environment: "production" };
const said: SaidInComment = {
  ...{ command: "promote", by: "maria", source: "comment 7 in acme/shop", since, plan },
};
const comment = {
  id: 7,
  user: { login: "maria", type: "User" },
  body: "/rollout promote service=shop environment=production the graphs are fine",
  created_at: "2026-03-02T12:00:00Z",
  updated_at: "2026-03-02T12:00:00Z",
};
const maintainer = { permission: "write", role_name: "maintain", user: { login: "maria", type: "User" } };

function clientWith(found: unknown = comment, person: unknown = maintainer): GitHubClient {
  return {
    request: async (route) => {
      const data = route.includes("/comments/") ? found : person;
      if (data instanceof Error) throw data;
      return { data };
    },
    graphql: async () => undefined,
  };
}

const believed = (client: GitHubClient, more: Partial<SaidInComment> = {}): Promise<boolean> =>
  saidInComment(client, "acme/shop", { ...said, ...more }, [anyWriter]);

describe("a word that a comment says", () => {
  it.each([
    ["by its name in our records", "comment 7 in acme/shop"],
    ["by its address", "https://github.com/acme/shop/pull/12#issuecomment-7"],
  ])("is believed, found %s", async (_name, source) => {
    expect(await believed(clientWith(), { source })).toBe(true);
  });
});

describe("a word that is not believed", () => {
  it.each<[string, Partial<SaidInComment>]>([
    ["names no comment", { source: undefined }],
    ["names something else", { source: "run 7 in acme/shop" }],
    ["names a comment elsewhere", { source: "comment 7 in acme/other" }],
    ["is another one than the comment's", { command: "overrule" }],
    ["is somebody else's", { by: "ben" }],
    ["is about a later rollout", { since: "2026-03-02T12:00:01Z" }],
    ["is about another service", { plan: { ...plan, service: "till" } }],
    ["is about another environment", { plan: { ...plan, environment: "staging" } }],
    ["is an author's own", { hands: async () => ({ authors: new Set(["maria"]), unknown: [] }) }],
    ["is perhaps an author's own", { hands: async () => ({ authors: new Set(), unknown: ["x@y.example"] }) }],
  ])("%s", async (_name, more) => {
    expect(await believed(clientWith(), more)).toBe(false);
  });

  it.each<[string, unknown, unknown]>([
    ["was edited", { ...comment, updated_at: "2026-03-02T12:05:00Z" }, maintainer],
    [
      "only quotes it",
      { ...comment, body: "> /rollout promote service=shop environment=production fine" },
      maintainer,
    ],
    [
      "only shows it as code",
      { ...comment, body: "```\n/rollout promote service=shop environment=production fine\n```" },
      maintainer,
    ],
    ["is a machine's", { ...comment, user: { login: "maria", type: "Bot" } }, maintainer],
    ["is of somebody who may not write", comment, { ...maintainer, permission: "read", role_name: "read" }],
    [
      "is gone",
      Object.assign(new Error("Not Found"), { status: 404, response: { headers: {} } }),
      maintainer,
    ],
  ])("because the comment %s", async (_name, found, person) => {
    expect(await believed(clientWith(found, person))).toBe(false);
  });
});

describe("a word without a place", () => {
  const bare = {
    ...comment,
    body: "/rollout promote the graphs are fine",
    issue_url: "https://api.github.com/repos/acme/shop/issues/12",
  };
  const under = (issue: unknown): GitHubClient => ({
    request: async (route) => {
      if (route.includes("/comments/")) return { data: bare };
      return { data: route.includes("/issues/") ? issue : maintainer };
    },
    graphql: async () => undefined,
  });
  const incident = (rollout: string) => `<!-- adaptive-deploy:incident:${rollout}:harm -->\nIt was worse.`;
  const bot = { type: "Bot" };

  it.each<[string, unknown, boolean]>([
    ["its own incident", { body: incident(plan.rollout), user: bot }, true],
    ["another's incident", { body: incident("ro_ffffffffffff"), user: bot }, false],
    ["what a stranger wrote", { body: incident(plan.rollout), user: { type: "User" } }, false],
    ["a pull request", { body: "Mends it.", user: bot }, false],
  ])("under %s", async (_name, issue, expected) => {
    expect(await believed(under(issue))).toBe(expected);
  });
});

it("waits where GitHub cannot say just now, as for the ledger itself", async () => {
  const away = Object.assign(new Error("bad gateway"), { status: 502, response: { headers: {} } });
  await expect(believed(clientWith(away))).rejects.toMatchObject({ reasonCode: "ledger-unavailable" });
});
