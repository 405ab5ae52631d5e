import { describe, expect, test } from "vitest";
import { opened } from "../../../core/rollout/next.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { type StopRules, stopsOf } from "../../../core/rollout/stops.ts";
import { planFor } from "../../contracts/target-plan.ts";

const rules: StopRules = {
  quarantineSeconds: 1800,
  breaker: { rollbacks: 2, withinSeconds: 3600 },
  environment: { rollbacks: 3, withinSeconds: 600 },
};
const now = "2026-11-21T12:00:00.000Z";
const before = (minutes: number): string => new Date(Date.parse(now) - minutes * 60_000).toISOString();

type Outcome = Extract<RolloutState["doing"], { kind: "ended" }>["outcome"];
function past(candidate: string, minutes: number, outcome: Outcome = "rolled-back", automatic = true) {
  const at = before(minutes);
  return {
    ...opened(planFor("v1", candidate), at),
    doing: { kind: "ended" as const, outcome, at },
    turned: outcome === "completed" ? null : { code: "harm", sentence: "It was worse.", automatic, at },
  };
}
/** A way back that a person asked for once the rollout had ended. */
function leftAt(candidate: string, minutes: number): RolloutState {
  const state = past(candidate, minutes, "rolled-back", false);
  return { ...state, plan: { ...state.plan, kind: "back", stable: { id: "v2" } } };
}
const streamOf = (...states: RolloutState[]) => new Map(states.map((state, index) => [`ro_${index}`, state]));
const codes = (own: RolloutState[], others: RolloutState[] = [], digest = "v2") =>
  stopsOf(streamOf(...own), others.length > 0 ? [streamOf(...others)] : [], digest, rules, now).map(
    ({ code, until }) => `${code} ${until.slice(11, 16)}`,
  );

describe("quarantine", () => {
  test.each<[string, RolloutState[], string[]]>([
    ["what was taken back stays out for its time", [past("v2", 10)], ["quarantined 12:20"]],
    ["and is free after it", [past("v2", 30)], []],
    ["a person's rollback counts as well", [past("v2", 10, "rolled-back", false)], ["quarantined 12:20"]],
    ["another candidate is free", [past("v3", 10)], []],
    ["what was promoted is free", [past("v2", 10, "completed")], []],
    ["and so does the version that a person went back from", [leftAt("v2", 10)], ["quarantined 12:20"]],
    ["which does not keep out where they went", [leftAt("v3", 10)], []],
    ["what a person overruled is free", [past("v2", 20), past("v2", 10, "overruled")], []],
    [
      "taken back again after that, it is not",
      [past("v2", 20, "overruled"), past("v2", 10)],
      ["quarantined 12:20"],
    ],
  ])("%s", (_, own, expected) => expect(codes(own)).toEqual(expected));
});

describe("breakers", () => {
  test.each<[string, RolloutState[], RolloutState[], string[]]>([
    [
      "one service rests until the first of them is old",
      [past("v3", 50), past("v4", 5)],
      [],
      ["breaker-open 12:10"],
    ],
    ["those of long ago do not count", [past("v3", 61), past("v4", 5)], [], []],
    ["those of a person do not count", [past("v3", 50, "rolled-back", false), past("v4", 5)], [], []],
    ["those that were overruled do not count", [past("v3", 50, "overruled"), past("v4", 5)], [], []],
    [
      "an environment rests together",
      [past("v3", 9)],
      [past("v7", 8), past("v8", 1)],
      ["environment-stopped 12:01"],
    ],
  ])("%s", (_, own, others, expected) => expect(codes(own, others)).toEqual(expected));
});
