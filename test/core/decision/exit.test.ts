import { describe, expect, test } from "vitest";
import { effective } from "../../../core/decision/envelope.ts";
import { exitCodeOf, type FailOn } from "../../../core/decision/exit.ts";
import type { Approval } from "../../../core/decision/shape.ts";
import { byStrictness, strictest } from "../../../core/decision/strictest.ts";
import type { Mode } from "../../../core/policy/schema.ts";
import { checkConclusion } from "../../../core/render/check.ts";
import { decisionOver, type Hold, holds, serviceAnswer } from "./small-policy.ts";

const every: FailOn[] = ["blocked", "needs-approval", "never"];

describe("modes and exit codes", () => {
  test.each<[Mode, Hold, number[]]>([
    ["shadow", "blocked", [0, 0, 0]],
    ["shadow", "waits", [0, 0, 0]],
    ["shadow", "waits at cut-over", [0, 0, 0]],
    ["advisory", "blocked", [2, 2, 0]],
    ["advisory", "waits", [0, 3, 0]],
    ["advisory", "waits at cut-over", [0, 0, 0]],
    ["advisory", "goes", [0, 0, 0]],
    ["enforced", "blocked", [2, 2, 2]],
    ["enforced", "waits", [3, 3, 3]],
    ["enforced", "waits at cut-over", [0, 0, 0]],
    ["enforced", "goes", [0, 0, 0]],
  ])("%s, and the change %s", (mode, hold, codes) => {
    const answer = serviceAnswer({ mode, ...holds[hold] });
    const alone = decisionOver(answer);
    expect(every.map((failOn) => exitCodeOf(alone, failOn))).toEqual(codes);
    expect(every.map((failOn) => exitCodeOf(decisionOver(answer, [answer]), failOn))).toEqual(codes);
  });
});

const answerOfHold = (mode: Mode, hold: Hold) =>
  serviceAnswer({ name: `${mode} ${hold}`, mode, ...holds[hold] });

describe("the strictest of several services leads", () => {
  test.each<[string, [Mode, Hold], [Mode, Hold]]>([
    ["a block before an approval", ["advisory", "blocked"], ["enforced", "waits"]],
    [
      "an approval at the start before one at cut-over",
      ["advisory", "waits"],
      ["advisory", "waits at cut-over"],
    ],
    ["an approval at cut-over before none", ["advisory", "waits at cut-over"], ["advisory", "goes"]],
    ["an enforced block before an advisory one", ["enforced", "blocked"], ["advisory", "blocked"]],
    ["an advisory approval before a shadow's block", ["advisory", "waits"], ["shadow", "blocked"]],
    ["among shadows, a block", ["shadow", "blocked"], ["shadow", "waits"]],
  ])("%s", (_, strict, mild) => {
    const [left, right] = [answerOfHold(...strict), answerOfHold(...mild)];
    expect(byStrictness(left, right)).toBeGreaterThan(0);
    expect(byStrictness(right, left)).toBeLessThan(0);
    expect(strictest([right, left])).toBe(left);
    expect(strictest([left, right])).toBe(left);
  });

  test("among those that go, by strategy, then by the score of the look-up", () => {
    const canary = serviceAnswer({ strategy: "canary", band_score: 20 });
    const rolling = serviceAnswer({ band_score: 30 });
    const lower = serviceAnswer({ band_score: 29 });
    expect(strictest([lower, rolling, canary])).toBe(canary);
    expect(strictest([lower, rolling])).toBe(rolling);
  });

  test("a second stack and cohorts are equally careful: the score decides", () => {
    const devices = serviceAnswer({ strategy: "cohorts", band_score: 10 });
    const stacks = serviceAnswer({ strategy: "blue-green", band_score: 40 });
    expect(strictest([devices, stacks])).toBe(stacks);
  });
});

describe("a service that does not lead still counts", () => {
  const advisory = answerOfHold("advisory", "blocked");
  const enforced = answerOfHold("enforced", "waits");
  const shadow = answerOfHold("shadow", "blocked");

  test("its exit code, where fail-on silences the leading one", () => {
    const decision = decisionOver(advisory, [advisory, enforced]);
    expect(exitCodeOf(decision, "never")).toBe(3);
    expect(exitCodeOf(decision, "blocked")).toBe(2);
  });

  test("its check conclusion", () => {
    expect(checkConclusion(decisionOver(advisory, [advisory, enforced]))).toBe("action_required");
    expect(checkConclusion(decisionOver(advisory, [advisory, shadow]))).toBe("neutral");
  });

  test("a shadow's block holds nobody up", () => {
    const goes = answerOfHold("enforced", "goes");
    const decision = decisionOver(strictest([shadow, goes]), [shadow, goes]);
    expect(decision).toMatchObject({ mode: "enforced", allowed: true });
    expect(exitCodeOf(decision, "needs-approval")).toBe(0);
    expect(checkConclusion(decision)).toBe("success");
  });
});

describe("approvals of the envelope", () => {
  const approval = (actor: string): Approval => ({
    actor,
    sha: "abc",
    environment: "production",
    reason: "rehearsed",
    source: "a review",
    at: "2026-01-01T00:00:00Z",
  });
  const waiting = (needed: number, actors: string[]) => ({
    ...decisionOver(serviceAnswer({ mode: "enforced", ...holds.waits, approvals_needed: needed })),
    approvals: actors.map(approval),
  });

  test.each<[string, number, string[], boolean]>([
    ["none of one", 1, [], false],
    ["one of one", 1, ["dana"], true],
    ["one of two", 2, ["dana"], false],
    ["one person twice is one", 2, ["dana", "dana"], false],
    ["one person with two spellings is one", 2, ["dana", "Dana"], false],
    ["two of two", 2, ["dana", "lee"], true],
  ])("%s", (_, needed, actors, enough) => {
    const decision = waiting(needed, actors);
    expect(effective(decision)).toEqual({
      allowed: enough,
      needsApproval: !enough,
      reasonCode: enough ? "approved" : "within-policy",
    });
    expect(exitCodeOf(decision, "blocked")).toBe(enough ? 0 : 3);
  });

  test("no number of them lifts a block", () => {
    const decision = {
      ...decisionOver(serviceAnswer({ ...holds.blocked })),
      approvals: [approval("dana"), approval("lee")],
    };
    expect(effective(decision)).toEqual({ allowed: false, needsApproval: false, reasonCode: "freeze" });
    expect(exitCodeOf(decision, "blocked")).toBe(2);
  });
});
