import { describe, expect, test } from "vitest";
import type { Figure } from "../../../core/backtest/intervals.ts";
import type { Rules } from "../../../core/backtest/rules.ts";
import type { Against, ArmReport } from "../../../core/backtest/shape.ts";
import { criteriaOf, verdictOf } from "../../../core/backtest/verdict.ts";

const figure = (low: number, high: number): Figure => ({ value: (low + high) / 2, low, high });
const against = (than: Against["than"], auc: Figure, seen = false): Against => ({
  ...{ than, changes: 500, seen },
  figures: { auc, recall_at_20_percent: auc },
});
const [more, same, less] = [figure(0.01, 0.05), figure(-0.02, 0.03), figure(-0.05, -0.01)];

describe("the verdict", () => {
  test.each<[string, Against[], string]>([
    ["more than both", [against("heuristic", more), against("old", more)], "better-than-all"],
    [
      "more than the heuristic, perhaps than the old one",
      [against("heuristic", more), against("old", same)],
      "difference-unsure",
    ],
    [
      "more than the heuristic, less than the old one",
      [against("heuristic", more), against("old", less)],
      "worse-than-old",
    ],
    ["less than the heuristic", [against("heuristic", less)], "worse-than-heuristic"],
    [
      "lines added do not count",
      [against("heuristic", more), against("lines-added", less)],
      "better-than-all",
    ],
    [
      "less than an old one that had seen the test",
      [against("heuristic", more), against("old", less, true)],
      "difference-unsure",
    ],
    [
      "more even than an old one that had seen the test",
      [against("heuristic", more), against("old", more, true)],
      "better-than-all",
    ],
    ["it had seen the test itself", [against("heuristic", more, true)], "has-seen-the-test"],
  ])("%s", (_, beside, reason) => expect(verdictOf(beside).reason_code).toBe(reason));
});

describe("what policy asks for", () => {
  const rules: Rules = {
    ...{ heuristic: usual(), model: usual(), leastLabels: 200, heldUpPercent: 10 },
    ...{ recall: "not-below-heuristic", releases: 20 },
  };
  const arm = (heldUp: Figure): ArmReport => ({
    ...{ arm: "new", figures: { held_up_of_well: heldUp }, reliability: [], buckets: [] },
    ...{ recall_by_changes: [], recall_by_effort: [] },
  });
  const held = (labels: number, heldUp: Figure, recall: Figure) =>
    criteriaOf(labels, [arm(heldUp)], [against("heuristic", recall)], rules).map(
      ({ name, holds }) => `${name} ${holds}`,
    );

  test.each<[number, Figure, Figure, string[]]>([
    [
      200,
      figure(0.02, 0.1),
      figure(0, 0.1),
      ["labels yes", "false-positives yes", "recall yes", "releases untold"],
    ],
    [
      199,
      figure(0.08, 0.12),
      same,
      ["labels no", "false-positives unsure", "recall unsure", "releases untold"],
    ],
    [900, figure(0.11, 0.2), less, ["labels yes", "false-positives no", "recall no", "releases untold"]],
  ])("%d labels, held up %o, recall %o", (labels, heldUp, recall, expected) =>
    expect(held(labels, heldUp, recall)).toEqual(expected),
  );

  test("where any recall will do, it is not asked about", () =>
    expect(criteriaOf(500, [], [], { ...rules, recall: "any" }).map(({ name }) => name)).not.toContain(
      "recall",
    ));

  function usual() {
    return {
      scale: "rank" as const,
      bands: [{ upTo: 100, kind: "rolling" as const }],
      approvalFrom: 98,
      leastProbability: 5,
    };
  }
});
