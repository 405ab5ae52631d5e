import { describe, expect, it } from "vitest";
import type { Rollouts } from "../../../core/rollout/fold-stream.ts";
import { lastKnownGood } from "../../../core/rollout/known-good.ts";
import { opened } from "../../../core/rollout/next.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { planFor } from "../../contracts/target-plan.ts";

const at = "2026-11-21T10:00:00.000Z";

type Past = [
  stable: string | null,
  candidate: string,
  outcome: "completed" | "rolled-back" | "overruled" | "running",
  kind?: "canary" | "back",
];

function course(...past: Past[]): Rollouts {
  return new Map(
    past.map(([stable, candidate, outcome, kind = "canary"], index): [string, RolloutState] => {
      const plan = planFor("", candidate, { kind, stable: stable === null ? null : { id: stable } });
      const state = opened(plan, at);
      const doing = outcome === "running" ? state.doing : { kind: "ended" as const, outcome, at };
      return [`ro_${index}`, { ...state, doing }];
    }),
  );
}

describe("the last version that was known to be good", () => {
  it.each<[string, Past[], string | null, string | null]>([
    ["nothing went out", [], null, null],
    ["one went out", [["v1", "v2", "completed"]], "v2", "v1"],
    ["the first version of all", [[null, "v1", "completed"]], null, null],
    [
      "two",
      [
        ["v1", "v2", "completed"],
        ["v2", "v3", "completed"],
      ],
      "v3",
      "v2",
    ],
    [
      "one that was taken back",
      [
        ["v1", "v2", "completed"],
        ["v2", "v3", "rolled-back"],
      ],
      "v2",
      "v1",
    ],
    [
      "one that is on its way",
      [
        ["v1", "v2", "completed"],
        ["v2", "v3", "running"],
      ],
      "v2",
      "v1",
    ],
    [
      "an overruled one",
      [
        ["v1", "v2", "completed"],
        ["v2", "v3", "overruled"],
      ],
      "v2",
      "v1",
    ],
    [
      "a version that somebody went back from",
      [
        ["v1", "v2", "completed"],
        ["v2", "v3", "completed"],
        ["v2", "v3", "rolled-back", "back"],
      ],
      "v2",
      "v1",
    ],
    [
      "one that somebody went back from, which was overruled: it did go back",
      [
        ["v1", "v2", "completed"],
        ["v2", "v3", "completed"],
        ["v2", "v3", "overruled", "back"],
      ],
      "v2",
      "v1",
    ],
    [
      "back to the first",
      [
        ["v1", "v2", "completed"],
        ["v1", "v2", "rolled-back", "back"],
      ],
      null,
      null,
    ],
    [
      "back to one that no rollout brought",
      [
        ["v1", "v2", "completed"],
        ["v0", "v2", "rolled-back", "back"],
        ["v0", "v3", "completed"],
      ],
      "v3",
      "v0",
    ],
    [
      "changed by hand in between",
      [
        ["v1", "v2", "completed"],
        ["v7", "v8", "completed"],
      ],
      "v8",
      "v7",
    ],
  ])("%s", (_, past, from, to) => {
    const found = lastKnownGood(course(...past));
    expect(found === null ? [null, null] : [found.from.id, found.to.id]).toEqual([from, to]);
  });
});
