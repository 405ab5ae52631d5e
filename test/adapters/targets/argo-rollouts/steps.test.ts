import { describe, expect, test } from "vitest";
import type { Step } from "../../../../adapters/targets/argo-rollouts/resource.ts";
import {
  leadsTo,
  movesByItself,
  nextRest,
  restsOf,
} from "../../../../adapters/targets/argo-rollouts/steps.ts";

const steps = [
  { setCanaryScale: { replicas: 1 } },
  { pause: {} },
  { setCanaryScale: { matchTrafficWeight: true } },
  ...[10, 25, 50, 100].flatMap((setWeight) => [{ setWeight }, { pause: {} }]),
];
const canary = (list: Step[]) => ({ steps: list, dynamicStableScale: false });

describe("steps of a Rollout as rests", () => {
  const rests = restsOf(steps);

  test("a rest is a pause without an end, with what leads to it", () => {
    expect(rests).toEqual([
      { share: 0, begin: 0, pause: 1 },
      { share: 10, begin: 2, pause: 4 },
      { share: 25, begin: 5, pause: 6 },
      { share: 50, begin: 7, pause: 8 },
      { share: 100, begin: 9, pause: 10 },
    ]);
    expect(restsOf([{ setWeight: 5 }, { pause: { duration: "10m" } }, { pause: { duration: 0 } }])).toEqual(
      [],
    );
  });

  test.each([
    ["from the start to the first", 10, 1, 10],
    ["never over a rest, whose pods would be missing", 50, 4, 25],
    ["on from there", 50, 6, 50],
    ["nowhere where it is already", 25, 6, 25],
    ["nowhere while it moves there", 25, 5, 25],
    ["down at once", 10, 10, 10],
    ["down to nothing", 0, 10, 0],
  ])("%s", (_, share, index, expected) => {
    expect(nextRest(rests, share, index)?.share).toBe(expected);
  });

  test("a weight that nobody wrote down has no rest", () => {
    expect(nextRest(rests, 33, 1)).toBeUndefined();
  });

  test("what leads to a rest is not jumped to again", () => {
    const [, ten] = rests;
    if (ten === undefined) throw new Error("There is no second rest.");
    expect([1, 2, 3, 4, 5].map((index) => leadsTo(ten, index))).toEqual([false, true, true, true, false]);
  });

  test.each<[string, Step[], number[]]>([
    ["all weights are held", steps, []],
    [
      "a pause that ends holds nothing",
      [{ setWeight: 10 }, { pause: { duration: "5m" } }, { setWeight: 50 }],
      [1, 3],
    ],
    [
      "an analysis holds nothing",
      [{ setWeight: 10 }, { analysis: {} }, { setWeight: 50 }, { pause: {} }],
      [1],
    ],
    ["the last weight is held as well", [{ setWeight: 10 }, { pause: {} }, { setWeight: 100 }], [3]],
  ])("%s", (_, list, expected) => {
    expect(movesByItself(canary(list))).toEqual(expected);
  });
});
