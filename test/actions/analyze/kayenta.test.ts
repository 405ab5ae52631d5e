import { expect, it } from "vitest";
import { compared, type Recorded } from "./comparison.ts";

/** The other judge, through the same loop. */

const recorded: Recorded = {
  stable: (window) => [1000, 10 + (Math.abs(window) % 3)],
  candidate: (window) => [1000, 60 + (Math.abs(window) % 3)],
};
const policy = ", low-traffic: hold, judge: kayenta";

it("Kayenta's judge takes back as soon as it has windows enough to rank, and states no power", async () => {
  const { verdict, error } = await compared({ recorded, policy, inputs: { windows: "16" } });
  expect(error).toBeUndefined();
  expect([verdict?.verdict, verdict?.reason_code, verdict?.at_window]).toEqual([
    "rollback",
    expect.stringMatching(/critical-metric|score-below/),
    12,
  ]);
  expect(verdict?.metrics.map(({ name }) => name)).toEqual(["errors"]);
});

it("and a comparison that cannot begin holds all the same", async () => {
  const nothing: Recorded = {
    ...recorded,
    arms: "arms: { both: {} }\n      baseline: same-time",
    retentionSeconds: 60,
  };
  const { verdict, error } = await compared({ recorded: nothing, policy });
  expect(error).toBeUndefined();
  expect(verdict).toMatchObject({ verdict: "hold", baseline: { kind: "none" } });
});
