import { setImmediate as soon } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../core/errors.ts";
import type { Around } from "../../../core/rollout/around.ts";
import { bookkeeper } from "../../../core/rollout/book.ts";
import { turn } from "../../../core/rollout/turn.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallWorld } from "./small-world.ts";

/** A target that answers after ten minutes, where the lease is for six. */

async function asked(during: (minute: number, here: Here) => unknown) {
  const { world, around: plain } = smallWorld();
  const plan = planFor("v1", "v2");
  const { rollout } = plan;
  const push: Here["push"] = async (kind, body) => {
    const { head } = await plain.ledger.read(plain.stream);
    const event = { kind, body: { ...body }, at: plain.now(), actor: "x", nonce: plain.nonce() };
    await plain.ledger.append(plain.stream, [event], head);
  };
  await push("rollout", { rollout, plan });
  const sleepers: (() => void)[] = [];
  const around: Around = {
    ...plain,
    leaseSeconds: 360,
    pause: (milliseconds, over) => {
      expect(milliseconds).toBe(60_000);
      return new Promise((resolve) => {
        sleepers.push(resolve);
        over.addEventListener("abort", () => resolve());
      });
    },
    target: {
      ...plain.target,
      apply: async (...given) => {
        await plain.target.apply(...given);
        for (let minute = 1; minute <= 10; minute += 1) {
          world.seconds += 60;
          await during(minute, { world, push });
          for (const wake of sleepers.splice(0)) wake();
          for (let tick = 0; tick < 5; tick += 1) await soon();
        }
      },
    },
  };
  const keeper = bookkeeper(around);
  const turns = async (count: number) => {
    for (let left = count; left > 0; left -= 1) await turn(rollout, keeper, around);
  };
  // The lease, the intent, and the request.
  await turns(3);
  return { world, turns, kinds: () => world.kinds().slice(3) };
}
type Here = {
  world: ReturnType<typeof smallWorld>["world"];
  push(kind: "rollout" | "lease" | "command", body: object): Promise<void>;
};
const refusing = (minute: number): void => {
  if (minute === 10) throw new UserError("target-refused", "There is no such folder.");
};

describe("a request that lasts longer than the lease", () => {
  test("keeps it, and goes on under the same number", async () => {
    const { world, turns, kinds } = await asked(() => undefined);
    await turns(1);
    expect(kinds()).toEqual(["lease renew", "lease renew", "lease renew", "result"]);
    expect(world.asked).toHaveLength(1);
  });

  test("keeps it where the ledger is away for a while, and where somebody else writes", async () => {
    const { turns, kinds } = await asked(async (minute, { world, push }) => {
      world.away = minute === 3 || minute === 4;
      if (minute === 7)
        await push("command", { rollout: "ro_other", command: "hold", reason: "x", by: "ada" });
    });
    await turns(1);
    expect(kinds()).toEqual(["lease renew", "command hold", "lease renew", "result"]);
  });

  test("is written down as refused, upon the book as it is by then", async () => {
    const { kinds } = await asked(refusing);
    expect(kinds()).toEqual(["lease renew", "lease renew", "lease renew", "result"]);
  });

  test.each([
    ["by a person", "preempt", 1],
    ["by who found it expired", "takeover", 7],
  ])("writes nothing more once the lease is taken %s", async (_, action, when) => {
    const { kinds } = await asked(async (minute, { world, push }) => {
      world.away = action === "takeover" && minute < when;
      const body = { action, holder: "other", fencing: 2, lease_seconds: 3600 };
      if (minute === when) await push("lease", body);
      refusing(minute);
    });
    expect(kinds()).toEqual([`lease ${action}`]);
  });
});
