import { describe, expect, it } from "vitest";
import type { Counts } from "../../../../adapters/targets/ota/counts.ts";
import { nothingLeft } from "../../../../adapters/targets/ota/left.ts";
import { type About, viewOf } from "../../../../adapters/targets/ota/shape.ts";
import type { Mark, Shape } from "../../../../core/rollout/observed.ts";
import { planFor } from "../../../contracts/target-plan.ts";

const [old, next] = ["firmware:1.0", "firmware:2.0"];
const plan = planFor(old, next, { kind: "cohorts" });
const none: Counts = {
  fleet: 200,
  onCandidate: 0,
  onStable: 200,
  others: 0,
  toldCandidate: 0,
  offered: 0,
  failed: 0,
  underWay: 0,
  stuck: 0,
  diverted: 0,
  returning: 0,
  gone: 0,
  starting: false,
};
const before: Shape = { stable: old, candidate: next, share: 1 };
const markTo = (to: Shape): Mark => ({ rollout: plan.rollout, fencing: 1, number: 3, from: before, to });

function view(
  to: Shape | null,
  counts: Partial<Counts>,
  more: Partial<About> = {},
  share: number | null = 5,
) {
  const left = { ...nothingLeft, mark: to === null ? null : markTo(to), share };
  const limits = { stuckPercent: 2, failedPercent: 2 };
  return viewOf({
    plan,
    left,
    counts: { ...none, ...counts },
    limits,
    goingBack: false,
    somebodys: null,
    ...more,
  });
}

const five: Shape = { stable: old, candidate: next, share: 5 };
const back: Shape = { stable: old, candidate: null, share: 0 };
const done: Shape = { stable: next, candidate: null, share: 0 };
const cohort = { offered: 10, onCandidate: 10, onStable: 190 };
const at = (share: number | null, settled: boolean, candidate: string | null = next) => ({
  stable: old,
  candidate,
  share,
  settled,
});

describe("what counted devices mean", () => {
  const cases: [string, Shape | null, Partial<Counts>, Partial<About>, object][] = [
    ["nothing of ours is there", null, {}, {}, { ...back, settled: true }],
    ["a few had the candidate before", null, { onCandidate: 3, onStable: 197 }, {}, at(1.5, true)],
    [
      "most have the candidate before",
      null,
      { onCandidate: 150, onStable: 50 },
      {},
      { ...done, settled: true },
    ],
    ["nobody has either version", null, { onStable: 0 }, {}, { stable: null, candidate: null, share: 0 }],
    ["a whole cohort has it", five, cohort, {}, at(5, true)],
    ["a cohort is at it", five, { ...cohort, onCandidate: 3, underWay: 7 }, {}, at(5, false)],
    ["an offer begins that no device shows yet", five, { ...cohort, starting: true }, {}, at(5, false)],
    [
      "somebody gave a device another version",
      five,
      { ...cohort, diverted: 1, onCandidate: 9 },
      { somebodys: "firmware:9.0" },
      at(4.5, true, "firmware:9.0"),
    ],
    ["somebody took a device back", five, { ...cohort, diverted: 1, onCandidate: 9 }, {}, at(4.5, true)],
    ["somebody takes a device back that has it still", five, { ...cohort, diverted: 1 }, {}, at(null, true)],
    [
      "somebody changed devices outside of the cohort",
      five,
      { ...cohort, others: 1 },
      { somebodys: "firmware:9.0" },
      at(5, true, "firmware:9.0"),
    ],
    ["everybody is back", back, { offered: 10 }, { goingBack: true }, { ...back, settled: true }],
    [
      "some are still on their way back",
      back,
      { offered: 10, returning: 2 },
      { goingBack: true },
      at(0, false),
    ],
    ["the way back was only noted", back, { offered: 10 }, {}, at(0, true)],
    ["one failed to go back", back, { offered: 10, onCandidate: 1 }, { goingBack: true }, at(0.5, true)],
    [
      "one was told of the candidate meanwhile",
      back,
      { offered: 10, toldCandidate: 1 },
      { goingBack: true },
      at(0, true),
    ],
    [
      "one of a hundred is silent on its way back",
      back,
      { offered: 100, onCandidate: 1, gone: 1 },
      { goingBack: true },
      { ...back, settled: true },
    ],
    [
      "one of ten is silent on its way back",
      back,
      { offered: 10, onCandidate: 1, gone: 1 },
      { goingBack: true },
      at(0.5, true),
    ],
    [
      "what a whole fleet has beside the rollout goes back with it",
      back,
      { offered: 2, onCandidate: 10, returning: 10 },
      { goingBack: true, plan: { ...plan, whole_fleet: true } },
      at(1, false),
    ],
    [
      "few of a whole fleet are silent on their way back",
      back,
      { offered: 2, onCandidate: 4, gone: 4 },
      { goingBack: true, plan: { ...plan, whole_fleet: true } },
      { ...back, settled: true },
    ],
    ["the candidate was promoted", done, { ...cohort, onCandidate: 200 }, {}, { ...done, settled: true }],
  ];
  it.each(cases)("%s", (_, to, counts, more, expected) => {
    expect(view(to, counts, more)).toMatchObject(expected);
    expect(view(to, counts, more).faults).toEqual([]);
  });

  it("is no more than what was offered before, where an offer broke off", () => {
    expect(view(five, {}, {}, 1)).toMatchObject(at(1, true));
  });

  const faults: [string, Partial<Counts>, string[]][] = [
    ["none where all is well", cohort, []],
    ["failures of a few", { offered: 100, failed: 2, underWay: 3 }, []],
    ["failures of many", { offered: 100, failed: 3, underWay: 3 }, ["devices-failed"]],
    ["stuck devices, a few", { offered: 100, stuck: 2 }, []],
    ["stuck devices, many", { offered: 100, stuck: 3 }, ["devices-stuck"]],
    ["one of two that failed", { offered: 2, failed: 1 }, ["devices-failed"]],
    ["both", { offered: 2, failed: 1, stuck: 1 }, ["devices-failed", "devices-stuck"]],
  ];
  it.each(faults)("faults: %s", (_, counts, codes) => {
    const seen = view(five, counts);
    expect(seen.faults.map(({ code }) => code)).toEqual(codes);
    // With a fault nobody waits for the rest: it is taken back.
    expect(seen.settled).toBe(codes.length > 0 || (counts.underWay ?? 0) === 0);
  });
});
