import { describe, expect, test } from "vitest";
import { runCases } from "../../../core/decision/cases.ts";
import { bucketOf, policyImpact } from "../../../core/decision/impact.ts";
import type { Cases } from "../../../core/policy/schema.ts";
import { changeOf, decisionOver, holds, serviceAnswer, smallPolicy } from "./small-policy.ts";

type Case = Cases["cases"][number];
const facts: Case["facts"] = {
  diff: { additions: 40 },
  tests: { failed: 0 },
  service: { platforms: ["arm"] },
};

function faultsOf(expect: Case["expect"]): string[] {
  const policy = smallPolicy({ defaults: { approval: { from: 40 } } });
  const [result] = runCases(policy, { "schema-version": 1, cases: [{ name: "one", facts, expect }] });
  return result?.faults ?? ["the case did not run"];
}

describe("a case", () => {
  test("holds where everything is as expected", () => {
    expect(
      faultsOf({
        "risk-score": 40,
        "band-score": { "at-least": 50, "at-most": 50 },
        strategy: "canary",
        "strategy-name": "canary",
        allowed: false,
        "needs-approval": true,
        "reason-code": "score-needs-approval",
        gates: { "risk-score": "approve" },
      }),
    ).toEqual([]);
  });

  test.each<[Case["expect"], string]>([
    [{ "risk-score": 41 }, "risk-score is 40, expected 41"],
    [{ "risk-score": { "at-least": 41 } }, "risk-score is 40, expected at least 41"],
    [{ "risk-score": { "at-most": 39 } }, "risk-score is 40, expected at most 39"],
    [{ "band-score": 40 }, "band-score is 50, expected 40"],
    [{ "band-score": { "at-least": 51 } }, "band-score is 50, expected at least 51"],
    [{ "band-score": { "at-most": 49 } }, "band-score is 50, expected at most 49"],
    [{ strategy: "rolling" }, "strategy is canary, expected rolling"],
    [{ "strategy-name": "careful" }, "strategy-name is canary, expected careful"],
    [{ allowed: true }, "allowed is false, expected true"],
    [{ "needs-approval": false }, "needs-approval is true, expected false"],
    [{ "reason-code": "freeze" }, "reason-code is score-needs-approval, expected freeze"],
    [{ gates: { "risk-score": "pass" } }, "gate risk-score is approve, expected pass"],
    [{ gates: { freeze: "block" } }, "gate freeze is absent, expected block"],
  ])("says what is not as %j", (expected, fault) => {
    expect(faultsOf(expected)).toEqual([fault]);
  });

  test("that names a service of services.yaml has what is declared of it", () => {
    const policy = smallPolicy({
      services: {
        "schema-version": 1,
        services: [{ name: "pay", paths: ["pay/**"], criticality: "critical" }],
      },
    });
    const one: Case = {
      name: "pay",
      facts: { diff: { additions: 10 }, service: { name: "pay" } },
      expect: {},
    };
    const [result] = runCases(policy, { "schema-version": 1, cases: [one] });
    expect(result?.decision).toMatchObject({ risk_score: 15, services: [{ name: "pay" }] });
  });
});

describe("the impact of a policy", () => {
  const before = smallPolicy();
  const after = smallPolicy({ defaults: { approval: { from: 60 }, freeze: { during: "block" } } });

  test("counts buckets before and after, and names who moved", () => {
    const recorded = [
      changeOf(10),
      changeOf(60, { change: { pull_request: 7, title: "Sixty lines" } }),
      changeOf(10, { change: { head: "0123456789abcdef" }, context: { freeze: "fair" } }),
    ];
    expect(policyImpact(recorded, before, after)).toEqual({
      changes: 3,
      before: { rolling: 2, canary: 1 },
      after: { rolling: 1, "canary · approval": 1, "rolling · blocked": 1 },
      moved: [
        {
          subject: "#7 Sixty lines",
          from: "canary",
          to: "canary · approval",
          scoreBefore: 60,
          scoreAfter: 60,
        },
        {
          subject: "0123456789ab",
          from: "rolling",
          to: "rolling · blocked",
          scoreBefore: 10,
          scoreAfter: 10,
        },
      ],
    });
  });

  test("derives facts as measured under each policy", () => {
    const file = { path: "gen/a.ts", status: "modified" as const, additions: 50, deletions: 0 };
    const lenient = smallPolicy();
    lenient.weights["not-counted"] = ["gen/**"];
    const measured = { schema_version: 1 as const, diff: { changed_files: [file] } };
    expect(policyImpact([measured], before, lenient).moved).toMatchObject([
      { scoreBefore: 50, scoreAfter: 0 },
    ]);
  });

  test.each([
    ["goes", "rolling"],
    ["waits", "rolling · approval"],
    ["waits at cut-over", "rolling · approval"],
    ["blocked", "rolling · blocked"],
  ] as const)("a change that %s is in the bucket %s", (hold, bucket) => {
    expect(bucketOf(decisionOver(serviceAnswer({ ...holds[hold] })))).toBe(bucket);
  });
});
