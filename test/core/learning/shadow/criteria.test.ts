import { describe, expect, test } from "vitest";
import { criteriaOf, type Known, verdictOf } from "../../../../core/learning/shadow/criteria.ts";
import type { ArmShadow, Criterion } from "../../../../core/learning/shadow/document.ts";
import type { Mode, ModelRules } from "../../../../core/policy/schema.ts";
import { wilsonInterval } from "../../../../core/stats/wilson-interval.ts";

const arm = (failed: number, ofFailed: number, well: number, ofWell: number): ArmShadow => {
  const share = (counted: number, of: number) => {
    const { lower, upper } = wilsonInterval(counted, of, 1.96);
    return { value: of === 0 ? null : counted / of, low: lower, high: upper };
  };
  return {
    ...{ approvals_of_failed: failed, approvals_of_well: well, strategies: [] },
    ...{ recall: share(failed, ofFailed), false_positives: share(well, ofWell) },
  };
};

type Story = {
  failures?: number;
  well?: number;
  caught?: [model: number, weights: number];
  unneeded?: number;
} & Partial<Known>;
function knownOf({ failures = 4, well = 26, caught = [3, 2], unneeded = 1, ...more }: Story = {}): Known {
  return {
    ...{ releases: failures + well, failures, scale: "rank", labels: 500, drift: null, driftOfAll: null },
    model: arm(caught[0], failures, unneeded, well),
    heuristic: arm(caught[1], failures, unneeded, well),
    caughtAlone: { heuristic: Math.max(0, caught[1] - caught[0]), model: Math.max(0, caught[0] - caught[1]) },
    ...more,
  };
}

const all = "labels+ releases+ false-positives+ recall+ calibration+";
const shown = (criteria: readonly Criterion[]): string =>
  criteria
    .map(
      ({ name, answer, surely }) =>
        `${name}${{ met: "+", unknown: "?", "not-met": surely ? "--" : "-" }[answer]}`,
    )
    .join(" ");

describe("criteria", () => {
  test.each<[string, Story, ModelRules, string]>([
    ["all of them met", {}, {}, all],
    ["too few labels", { labels: 199 }, {}, all.replace("labels+", "labels--")],
    ["labels that nobody counted", { labels: null }, {}, all.replace("labels+", "labels?")],
    [
      "19 releases",
      { well: 15 },
      {},
      all.replace("releases+", "releases-").replace("calibration+", "calibration?"),
    ],
    ["20 releases", { well: 16 }, {}, all],
    ["10 % of false positives", { well: 30, unneeded: 3 }, {}, all.replace("positives+", "positives-")],
    ["9.7 % of them", { well: 31, unneeded: 3 }, {}, all],
    ["far too many for chance", { well: 100, unneeded: 40 }, {}, all.replace("positives+", "positives--")],
    ["one failure fewer than the weights", { caught: [1, 2] }, {}, all.replace("recall+", "recall-")],
    ["five fewer", { failures: 8, caught: [0, 5] }, {}, all.replace("recall+", "recall--")],
    ["no failure at all", { failures: 0, caught: [0, 0] }, {}, all.replace("recall+", "recall?")],
    [
      "no failure, where recall does not matter",
      { failures: 0, caught: [0, 0] },
      { "enforce-when": { recall: "any" } },
      all.replace(" recall+", ""),
    ],
    [
      "nothing that went well",
      { well: 0, failures: 20, caught: [3, 3] },
      {},
      all.replace("positives+", "positives?"),
    ],
    ["drift", { drift: "It fails." }, {}, all.replace("calibration+", "calibration--")],
    [
      "drift of earlier models",
      { driftOfAll: "It failed." },
      {},
      all.replace("calibration+", "calibration-"),
    ],
    [
      "a stricter policy",
      {},
      { "enforce-when": { releases: 100, "false-positives-percent": 1 } },
      all.replace("releases+", "releases-").replace("positives+", "positives-"),
    ],
  ])("%s", (_, story, rules, expected) => {
    expect(shown(criteriaOf(knownOf(story), rules))).toBe(expected);
  });

  test("say the numbers that they rest on", () => {
    const sentences = criteriaOf(knownOf(), {}).map(({ sentence }) => sentence);
    expect(sentences).toEqual([
      "The model learnt from 500 changes; policy asks for 200.",
      "30 releases with a known end; policy asks for 20.",
      "1 of 26 releases that went well would have waited for a person, 3.8 %; policy asks for less than 10 %.",
      "Of those that failed (4) the model asked for a person before 3, the weights before 2; policy asks for no fewer.",
      "Releases go as the model says, as far as can be told.",
    ]);
  });
});

describe("a verdict", () => {
  test.each<[string, Mode, Story, string]>([
    ["a shadow rises to advisory", "shadow", {}, "may-rise advisory"],
    ["advice rises to enforced", "advisory", {}, "may-rise enforced"],
    ["what is enforced stays", "enforced", {}, "stay enforced"],
    ["without a failure it may advise", "shadow", { failures: 0, caught: [0, 0] }, "may-rise advisory"],
    ["and not decide", "advisory", { failures: 0, caught: [0, 0] }, "stay advisory"],
    ["what chance explains takes nothing away", "enforced", { caught: [1, 2] }, "stay enforced"],
    ["nor lets anything rise", "advisory", { caught: [1, 2] }, "stay advisory"],
    ["too few labels are for a shadow", "advisory", { labels: 10 }, "should-fall shadow"],
    ["surely too many false positives", "enforced", { well: 100, unneeded: 40 }, "should-fall advisory"],
    ["drift takes it down to shadow at once", "enforced", { drift: "It fails." }, "should-fall shadow"],
    ["a shadow cannot fall", "shadow", { drift: "It fails." }, "stay shadow"],
    ["points are never enforced", "advisory", { scale: "points" }, "stay advisory"],
    ["too few releases", "shadow", { well: 3 }, "stay shadow"],
  ])("%s", (_, state, story, expected) => {
    const known = knownOf(story);
    const { answer, to } = verdictOf(state, known.scale, criteriaOf(known, {}));
    expect(`${answer} ${to}`).toBe(expected);
  });
});
