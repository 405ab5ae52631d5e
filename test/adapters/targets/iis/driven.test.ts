import { describe, expect, it } from "vitest";
import { iisArr } from "../../../../adapters/targets/iis-arr.ts";
import type { Around } from "../../../../core/rollout/around.ts";
import { bookkeeper } from "../../../../core/rollout/book.ts";
import { turn } from "../../../../core/rollout/turn.ts";
import { smallWorld } from "../../../core/rollout/small-world.ts";
import { startModel } from "./model.ts";
import { planFor, stable, weights } from "./samples.ts";
import { usersGet } from "./traffic.ts";

/** A whole rollout over machines, some of which fall silent. */
async function started() {
  const { world, around: plain } = smallWorld();
  const settings = weights(1, 2, 1);
  const model = startModel(settings, stable.id);
  const around: Around = { ...plain, target: iisArr(settings, model.ports) };
  const plan = planFor(settings, [50, 100]);
  const { rollout } = plan;
  const push = async (kind: "rollout" | "command", body: object) => {
    const { head } = await around.ledger.read(around.stream);
    const event = { kind, body: { ...body }, at: around.now(), actor: "x", nonce: around.nonce() };
    await around.ledger.append(around.stream, [event], head);
  };
  await push("rollout", { rollout, plan });
  const keeper = bookkeeper(around);
  /** Turns as the driver takes them, until one is of this code; gives what they said. */
  const until = async (...codes: string[]) => {
    const said: string[] = [];
    while (said.length < 60) {
      const one = await turn(rollout, keeper, around);
      said.push(`${one.code}: ${one.sentence}`);
      if (codes.includes(one.code)) return said;
      if (one.again !== undefined) world.seconds += 2;
    }
    throw new Error(`It never came to ${codes.join(" or ")}: ${said.slice(-8).join(" | ")}`);
  };
  const abort = () => push("command", { rollout, command: "abort", reason: "so", by: "ada" });
  return { world, settings, model, until, abort };
}

describe("a rollback with a machine that does not answer", () => {
  it("brings the others back, names it turn after turn, and ends as soon as it is there", async () => {
    const { world, settings, model, until, abort } = await started();
    await until("watching");
    await abort();
    model.hangs = { host: "web102", after: 1 };
    for (let turns = 0; turns < 5; turns += 1)
      expect((await until("moving")).at(-1)).toMatch(/^moving: restore web102 cannot be asked/);
    expect(usersGet(settings, model.machines)).toBe(0);
    const since = world.seconds;
    model.hangs = null;
    expect((await until("ended")).at(-1)).toBe("ended: rolled-back");
    expect(world.seconds - since).toBeLessThan(60);
    expect(model.violations).toEqual([]);
  });

  it("what a dead runner left half-way is asked for again at once", async () => {
    const { world, model, until, abort } = await started();
    await until("watching");
    await abort();
    model.dieAfter = 5;
    await until("target-unavailable");
    model.dieAfter = null;
    const since = world.seconds;
    expect((await until("ended")).at(-1)).toBe("ended: rolled-back");
    expect(world.seconds - since).toBeLessThan(60);
  });
});
