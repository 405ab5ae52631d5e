import { describe, expect, test } from "vitest";
import { deriveFacts } from "../../../core/change/derive.ts";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import type { PolicyBundle, Services } from "../../../core/policy/schema.ts";
import { smallPolicy } from "./small-policy.ts";

const services: Services = {
  "schema-version": 1,
  services: [
    { name: "pay", paths: ["pay/**"], criticality: "critical", platforms: ["linux", "arm"] },
    { name: "web", paths: ["web/**"], except: ["web/docs/**"] },
    { name: "both", paths: ["pay/shared/**", "web/shared/**"] },
  ],
};

function measured(files: Record<string, number>, more: Partial<ChangeFacts> = {}): ChangeFacts {
  const changed = Object.entries(files).map(([path, additions]) => ({
    path,
    status: "modified" as const,
    additions,
    deletions: 0,
  }));
  return { schema_version: 1, diff: { changed_files: changed }, tests: { failed: 0 }, ...more };
}

function decided(facts: ChangeFacts, policy: PolicyBundle, service?: string) {
  const around = { environment: "production", ...(service ? { service } : {}) };
  return decide(deriveFacts(facts, policy, around), policy);
}

const scoresOf = (facts: ChangeFacts, service?: string) =>
  Object.fromEntries(
    decided(facts, smallPolicy({ services }), service).services.map((one) => [one.name, one.risk_score]),
  );

describe("services by path", () => {
  test.each<[string, Record<string, number>, Record<string, number>]>([
    ["one touched", { "web/a.ts": 10 }, { web: 10 }],
    ["the critical one weighs more", { "pay/a.ts": 10 }, { pay: 15 }],
    ["two touched, each by its own files", { "pay/a.ts": 10, "web/a.ts": 20 }, { pay: 15, web: 20 }],
    ["a file of no service counts for each touched one", { "web/a.ts": 10, "libs/b.ts": 30 }, { web: 40 }],
    ["a file of two services counts for both", { "pay/shared/a.ts": 10 }, { pay: 15, both: 10 }],
    ["what a service excepts is a file of none", { "web/docs/a.ts": 10 }, {}],
    ["nothing matches", { "libs/b.ts": 30 }, {}],
  ])("%s", (_, files, expected) => {
    expect(scoresOf(measured(files))).toEqual(expected);
  });

  test("a file that moved out of a service still touches it", () => {
    const facts = measured({ "libs/a.ts": 10 });
    const [file] = facts.diff?.changed_files ?? [];
    if (file) Object.assign(file, { previous_path: "web/a.ts", status: "renamed" });
    expect(scoresOf(facts)).toEqual({ web: 10 });
  });

  test("the one that was asked for is decided alone, on all files where it is not touched", () => {
    expect(scoresOf(measured({ "pay/a.ts": 10, "web/a.ts": 20 }), "web")).toEqual({ web: 20 });
    expect(scoresOf(measured({ "libs/a.ts": 7 }), "web")).toEqual({ web: 7 });
  });

  test("one that services.yaml does not name is refused, with the names", () => {
    expect(() => scoresOf(measured({ "web/a.ts": 1 }), "wbe")).toThrow(
      /names no service "wbe".*pay, web, both/,
    );
  });
});

describe("the document", () => {
  test("without services.yaml the repository is the one service", () => {
    const facts = measured({ "a.ts": 10 }, { change: { repository: "acme/shop" } });
    expect(decided(facts, smallPolicy()).services.map((one) => one.name)).toEqual(["shop"]);
  });

  test("where services.yaml matches nothing there is none, and the repository is decided on", () => {
    expect(decided(measured({ "a.ts": 10 }), smallPolicy({ services }))).toMatchObject({
      services: [],
      risk_score: 10,
      allowed: true,
    });
  });

  test("the top level is the strictest service", () => {
    const decision = decided(measured({ "pay/a.ts": 40, "web/a.ts": 20 }), smallPolicy({ services }));
    expect(decision).toMatchObject({ risk_score: 60, band_score: 70, strategy: "canary" });
    expect(decision.services.map((one) => one.strategy)).toEqual(["canary", "rolling"]);
  });

  test("as many people are needed as by the service that asks for most", () => {
    const policy = smallPolicy({ services, defaults: { approval: { from: 1, approvers: { count: 1 } } } });
    policy.thresholds.scopes = [{ match: { service: "web" }, approval: { approvers: { count: 3 } } }];
    const decision = decided(measured({ "pay/a.ts": 40, "web/a.ts": 20 }), policy);
    expect(decision).toMatchObject({ risk_score: 60, approvals_needed: 3 });
  });

  test("what a file says of criticality and peak holds for services that say nothing of it", () => {
    const told = { service: { criticality: "critical" as const }, context: { peak: true } };
    const policy = smallPolicy({
      services,
      calendar: { "schema-version": 1, "time-zone": "UTC" },
      defaults: { peak: { during: "approve" } },
    });
    const around = { environment: "production", now: new Date("2026-01-05T10:00:00Z") };
    const facts = deriveFacts(measured({ "web/a.ts": 10 }, told), policy, around);
    expect(decide(facts, policy)).toMatchObject({ risk_score: 15, needs_approval: true });
  });
});

describe("facts that were derived before", () => {
  const policy = smallPolicy({ services });
  const around = { environment: "production" };
  const once = deriveFacts(measured({ "pay/a.ts": 10, "web/a.ts": 20 }), policy, around);

  test("are the same when they are derived again, their services too", () => {
    const again = deriveFacts(once, policy, around);
    expect(again).toEqual(once);
    expect(decide(again, policy)).toEqual(decide(once, policy));
  });

  test("give one service alone where it is asked for", () => {
    const again = deriveFacts(once, policy, { ...around, service: "web" });
    expect(decide(again, policy).services.map((one) => one.name)).toEqual(["web"]);
  });
});
