import { describe, expect, test } from "vitest";
import {
  crashLoopRule,
  loopingInstances,
  type Restarts,
} from "../../../../core/analysis/rules/crash-loops.ts";
import { strictestDemand } from "../../../../core/analysis/rules/strictest.ts";
import { type Known, watched } from "./rollout.ts";

const loops = (crashLoops: number | null): Restarts => ({ crashLoops, restarts: null, instances: null });
const restarts = (count: number | null, instances: number | null = 3): Restarts => ({
  crashLoops: null,
  restarts: count,
  instances,
});
const missing = restarts(null, null);

describe("instances in a crash loop", () => {
  test.each<[string, Restarts[], number | undefined]>([
    ["are what the platform says", [loops(2)], 2],
    ["are none where it says none", [loops(3), loops(0)], 0],
    ["are unknown where the last window has nothing", [loops(3), missing], undefined],
    ["are unknown before the first window", [], undefined],
    ["follow from restarts of all in two windows", [restarts(3), restarts(4)], 3],
    ["do not follow from one window", [restarts(9)], 0],
    ["do not follow from some restarts", [restarts(3), restarts(2)], 0],
    ["are over with a quiet window", [restarts(3), restarts(3), restarts(0)], 0],
    ["follow over a missing window", [restarts(3), missing, restarts(3)], 3],
    [
      "the platform's word comes before restarts",
      [restarts(3), { crashLoops: 0, restarts: 9, instances: 3 }],
      0,
    ],
    ["are unknown without instances", [restarts(3, 0), restarts(3, 0)], undefined],
    ["are unknown by impossible counts", [loops(-1)], undefined],
    ["are unknown by counts that are no numbers", [loops(Number.NaN)], undefined],
  ])("%s", (_, windows, expected) => expect(loopingInstances(windows)).toBe(expected));
});

describe("the rule", () => {
  const policy = { beganWithinSeconds: 300, afterStep: "hold" } as const;
  const demand = (canary: number | undefined, baseline?: number) => {
    const known: Known = canary === undefined ? {} : { "canary.crash_loops": { canary, baseline } };
    return strictestDemand(watched([crashLoopRule], [known])[0]?.asked ?? [], [], policy);
  };
  test("takes back at once", () =>
    expect(demand(1, 0)).toMatchObject({ action: "rollback", reason_code: "crash-loop" }));
  test("takes back where nobody knows of the baseline", () => expect(demand(1)?.action).toBe("rollback"));
  test("holds where the baseline is in one, too", () =>
    expect(demand(1, 2)).toMatchObject({ action: "hold", reason_code: "shared-fault" }));
  test("waits for what was not measured", () =>
    expect(demand(undefined)).toMatchObject({ action: "hold", reason_code: "no-data" }));
  test("asks for nothing where there is none", () => expect(demand(0, 3)).toBeUndefined());
});
