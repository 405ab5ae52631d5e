import { describe, expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import { changeOf, smallPolicy } from "./small-policy.ts";

/** Past changes of 0, 1 … 100 lines, by the quantiles of their scores. */
const quantiles = Array.from({ length: 101 }, (_, percent) => percent);
const history = { changes: 412, among: "people" as const, score_quantiles: quantiles };

function percentOf(lines: number, more: Partial<ChangeFacts> = {}): number | undefined {
  return decide(changeOf(lines, { history, ...more }), smallPolicy()).rank?.percent;
}

describe("riskier than so many of the past changes", () => {
  test.each([
    [0, 0],
    [1, 1],
    [50, 50],
    [78, 77],
    [99, 98],
    [100, 99],
  ])("a score of %d: %d %", (lines, percent) => expect(percentOf(lines)).toBe(percent));

  test("all of them only above the highest", () => {
    const below = { ...history, score_quantiles: quantiles.map((score) => score / 2) };
    expect(percentOf(50, { history: below })).toBe(99);
    expect(percentOf(51, { history: below })).toBe(100);
  });

  test("an equal change is not riskier than its equals, whatever the rounding of the summary", () => {
    const policy = smallPolicy();
    policy.weights.factors.size = {
      fact: "diff.additions",
      curve: { kind: "linear", points: 1, per: 3 },
      worst: 0,
      label: "Lines",
    };
    const equals = { ...history, score_quantiles: quantiles.map(() => 33.666667) };
    expect(decide(changeOf(101, { history: equals }), policy).rank?.percent).toBe(0);
    const lower = { ...history, score_quantiles: quantiles.map(() => 33.333333) };
    expect(decide(changeOf(100, { history: lower }), policy).rank?.percent).toBe(0);
  });

  test("how critical the service is counts on neither side", () => {
    expect(percentOf(50, { service: { criticality: "critical" } })).toBe(percentOf(50));
  });

  test.each([
    ["29 changes are too few", { changes: 29 }, undefined],
    ["30 are enough", { changes: 30 }, 30],
  ])("%s", (_, more, changes) => {
    const decision = decide(changeOf(50, { history: { ...history, ...more } }), smallPolicy());
    expect(decision.rank?.changes).toBe(changes);
    expect(decision.history_changes).toBe(more.changes);
  });

  test("says among whom", () => {
    const bots = { ...history, among: "bots" as const };
    expect(decide(changeOf(50, { history: bots }), smallPolicy()).rank).toEqual({
      percent: 50,
      changes: 412,
      among: "bots",
    });
  });
});

describe("the reference", () => {
  const typical = { additions: 12 };

  test("is the median change, at normal criticality, from 30 changes on", () => {
    const at = (changes: number) =>
      decide(
        changeOf(50, { history: { changes, typical }, service: { criticality: "critical" } }),
        smallPolicy(),
      );
    expect(at(30)).toMatchObject({ risk_score: 75, reference_score: 12 });
    expect(at(29)).toMatchObject({ risk_score: 75, reference_score: 0 });
  });

  test("counts nothing for a fact that the change does not know", () => {
    const facts = { schema_version: 1 as const, history: { changes: 30, typical } };
    expect(decide(facts, smallPolicy())).toMatchObject({ risk_score: 0, reference_score: 0 });
  });
});
