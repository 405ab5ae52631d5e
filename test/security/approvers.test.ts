import { describe, expect, it } from "vitest";
import { standingApprovals } from "../../adapters/github/standing-approvals.ts";
import { shippedBundle } from "../../adapters/policy/shipped.ts";
import { decide } from "../../core/decision/decide.ts";
import { effective, enveloped } from "../../core/decision/envelope.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";

const head = "a".repeat(40);
type Approvers = NonNullable<NonNullable<PolicyBundle["thresholds"]["defaults"]["approval"]>["approvers"]>;

function asking(approvers: Approvers) {
  const thresholds = { "schema-version": 1 as const, defaults: { approval: { from: 0, approvers } } };
  const policy = { ...shippedBundle("default"), thresholds };
  const facts = { schema_version: 1 as const, service: { name: "shop", environment: "production" } };
  return { policy, body: decide(facts, policy) };
}

describe("one person is one approval", () => {
  it.each([
    [["bob", "Bob", "BOB"], false],
    [["bob", "ana"], true],
  ])("%s is enough for two: %s", (actors, enough) => {
    const approvals = actors.map((actor) => ({
      actor,
      sha: head,
      environment: "production",
      reason: "fine",
      source: "comment 1 in acme/shop",
      at: "2026-03-01T10:00:00Z",
    }));
    const moment = { actor: "ben", decidedAt: "2026-03-01T10:00:00Z", recorded: false };
    const decision = enveloped(asking({ count: 2 }).body, { ...moment, approvals });
    expect(effective(decision).allowed).toBe(enough);
  });
});

describe("whoever can write is no approver where policy names others", () => {
  const subject = {
    kind: "change" as const,
    owner: "acme",
    name: "shop",
    head,
    baseBranch: "main",
    title: "",
    authorIsBot: false,
    readOnly: false,
    fromFork: false,
    trustedRun: false,
  };

  /** People about whom GitHub is asked at all. */
  async function askedAbout(approvers: Approvers, owners: string[] = []) {
    const { policy, body } = asking(approvers);
    const asked = new Set<unknown>();
    const client = {
      request: async (_: string, parameters: Record<string, unknown> = {}) => {
        if ("username" in parameters) asked.add(parameters.username);
        throw Object.assign(new Error("not found"), { status: 404 });
      },
      graphql: async () => Promise.reject(new Error("not asked here")),
    };
    const events = ["bob", "ana"].map((actor, index) => ({
      schema_version: 1 as const,
      stream: "changes",
      sequence: index,
      previous: null,
      hash: "0".repeat(64),
      kind: "approval" as const,
      at: "2026-03-01T10:00:00Z",
      actor,
      nonce: "0".repeat(32),
      body: {
        pointer: {
          kind: "comment",
          repository: "acme/shop",
          id: index + 1,
          pull_request: 7,
          head_sha: head,
          environment: "production",
          actor,
        },
      },
    }));
    const ledger: Ledger = {
      streams: async () => ["changes"],
      head: async () => null,
      read: async (stream) => ({ stream, events, head: null }),
      append: async () => Promise.reject(new Error("not appended here")),
    };
    const { problems } = await standingApprovals(client, ledger, subject, body, policy, owners, {
      now: new Date(),
    });
    return { asked: [...asked], problems: problems.join("\n") };
  }

  it.each<[string, Approvers, string[], string[]]>([
    ["anyone who can write, where nobody is named", {}, [], ["bob", "ana"]],
    ["code owners alone", { codeowners: true }, ["@Ana", "@acme/payments"], ["ana"]],
    ["nobody, where code owners are asked for and none is known", { codeowners: true }, [], []],
    ["nobody of a team, which cannot be asked about", { teams: ["acme/captains"] }, [], []],
    ["people by name, with or without the @", { users: ["@ana"] }, [], ["ana"]],
  ])("%s", async (_, approvers, owners, expected) => {
    expect((await askedAbout(approvers, owners)).asked).toEqual(expected);
  });

  it("and says that a team cannot be asked about", async () => {
    expect((await askedAbout({ teams: ["acme/captains"] })).problems).toContain("acme/captains");
  });
});
