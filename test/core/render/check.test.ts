import { describe, expect, test } from "vitest";
import { checkConclusion, renderCheck } from "../../../core/render/check.ts";
import { fixture } from "./fixtures.ts";

describe("a check concludes", () => {
  test.each([
    ["shadow", "low", "neutral"],
    ["shadow", "needs-approval", "neutral"],
    ["shadow", "high-blocked", "neutral"],
    ["advisory", "low", "success"],
    ["advisory", "approval-at-cut-over", "success"],
    ["advisory", "needs-approval", "neutral"],
    ["advisory", "high-blocked", "neutral"],
    ["enforced", "low", "success"],
    ["enforced", "approval-at-cut-over", "success"],
    ["enforced", "approved", "success"],
    ["enforced", "needs-approval", "action_required"],
    ["enforced", "high-blocked", "failure"],
  ] as const)("%s, %s: %s", (mode, name, expected) => {
    const decision = fixture(name);
    const services = decision.services.map((service) => ({ ...service, mode }));
    expect(checkConclusion({ ...decision, mode, services })).toBe(expected);
  });

  test("a block is never lifted by approvals", () => {
    const { approvals } = fixture("approved");
    expect(checkConclusion({ ...fixture("high-blocked"), approvals })).toBe("failure");
  });
});

test.each([
  ["middle", "May go · 47 / 100 medium → canary 10 → 25 → 50 → 100 %"],
  ["high-blocked", "Blocked · 91 / 100 high → blue-green, cut-over after 3 healthy windows of 2 min"],
  ["shadow", "Would be blocked · 91 / 100 high → blue-green, cut-over after 3 healthy windows of 2 min"],
  [
    "cut-by-cap",
    "Policy says not yet · 100 / 100 high → blue-green, cut-over after 3 healthy windows of 2 min",
  ],
])("the title of %s begins with the answer", (name, expected) => {
  expect(renderCheck(fixture(name)).title).toBe(expected);
});
