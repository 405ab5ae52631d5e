import { expect, test } from "vitest";
import { UserError } from "../../../core/errors.ts";
import type { Around } from "../../../core/rollout/around.ts";
import { drive } from "../../../core/rollout/drive.ts";
import { open } from "../../../core/rollout/open.ts";
import type { Turn } from "../../../core/rollout/taking.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallWorld } from "./small-world.ts";

/** A rollout that is taken back at its first step, while `tell` is all that people are. */
async function takenBack(tell: Around["people"]["tell"]) {
  const { world, around } = smallWorld();
  const verdict = {
    verdict: "rollback",
    reason_code: "harm",
    reason: "It was worse.",
    at_window: 1,
  } as const;
  const whole: Around = {
    ...around,
    people: { tell },
    evidence: { look: async () => ({ final: true, verdict }) },
  };
  const { rollout: _, ...plan } = planFor("v1", "v2");
  const opened = await open(plan, whole);
  if ("refused" in opened) throw new Error(JSON.stringify(opened.refused));
  const turns: Turn[] = [];
  const last = await drive(opened.rollout, whole, {
    progress: (turn) => turns.push(turn),
    sleep: async (milliseconds) => {
      world.seconds += milliseconds / 1000;
    },
    stopped: () => turns.length > 1000,
    // As the rollback does: what stands is for a person at once.
    until: ({ code }) => code === "standing",
  });
  return { world, turns, last };
}

test.each([
  ["for good", new UserError("github-forbidden", "Nobody gave the right.")],
  ["by a fault of ours", new TypeError("The answer has no author.")],
])("a way back goes to its end where nobody can be told %s, and says so", async (_, error) => {
  const { world, turns, last } = await takenBack(async () => {
    throw error;
  });
  expect(last).toMatchObject({ code: "ended", sentence: "rolled-back" });
  expect(last.unheard).toBe(`Nobody could be told: It was worse. (${error.message})`);
  expect(world.asked.at(-1)).toEqual({ kind: "restore" });
  expect(world.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  expect(turns.map(({ code }) => code)).not.toContain("standing");
  // Behind the end it is tried for ten minutes yet, every quarter of a minute.
  expect(world.seconds).toBeGreaterThanOrEqual(600);
  expect(world.seconds).toBeLessThan(620);
});

test("who is away for a while hears of it once, and is not asked at every turn", async () => {
  let asked = 0;
  const heard: string[] = [];
  const { world, last } = await takenBack(async (_, { code }) => {
    asked += 1;
    if (asked < 5) throw new UserError("github-unavailable", "GitHub is away.");
    heard.push(code);
    return "https://example.test/1";
  });
  expect(last).toMatchObject({ code: "ended" });
  expect(last.unheard).toBeUndefined();
  expect(heard).toEqual(["harm"]);
  expect(asked).toBe(5);
  expect(world.seconds).toBeGreaterThanOrEqual(4 * 15);
  expect(world.kinds().filter((kind) => kind === "notice")).toHaveLength(1);
});
