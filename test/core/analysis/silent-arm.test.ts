import { expect, test } from "vitest";
import { namingSilentArm } from "../../../core/analysis/silent-arm.ts";
import { verdictFixture } from "../render/verdict/fixtures.ts";

const base = {
  ...verdictFixture("hold-no-data"),
  verdict: "hold" as const,
  reason_code: "no-data" as const,
  reason: "Guardrail loop waits for canary.error_rate.",
  candidate: "9.9.9",
  stable: "hash=abc",
};
const rollout = (baseline: (number | null)[], candidate: (number | null)[]) => ({
  metrics: { cpu: { kind: "gauge" as const, worse: "higher" as const, baseline, candidate } },
});

test.each([
  [[1, 2], [null, null], "The candidate, version 9.9.9, has no series in the store."],
  [[null, null], [1, null], "The baseline, hash=abc, has no series in the store."],
])("the arm without a series is named: %j, %j", (baseline, candidate, reason) => {
  expect(namingSilentArm(base, rollout(baseline, candidate))).toMatchObject({
    verdict: "hold",
    reason_code: "one-sided-data",
    reason,
  });
});

test("as what it is, where its text is not known or it is of a recording", () => {
  const { candidate: _, ...unnamed } = base;
  expect(namingSilentArm(unnamed, rollout([1], [null])).reason).toBe(
    "The candidate has no series in the store.",
  );
  const given = { ...base, baseline: { kind: "given" as const, sentence: "" } };
  expect(namingSilentArm(given, rollout([1], [null])).reason).toMatch(/in the recording\.$/u);
});

test("everything else stays as it is", () => {
  for (const measured of [rollout([1], [1]), rollout([null], [null]), rollout([1, null], [null, 1])])
    expect(namingSilentArm(base, measured)).toBe(base);
  const back = { ...base, verdict: "rollback" as const };
  expect(namingSilentArm(back, rollout([1], [null]))).toBe(back);
  const held = { ...base, reason_code: "guardrail" as const };
  expect(namingSilentArm(held, rollout([1], [null]))).toBe(held);
});
