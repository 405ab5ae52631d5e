import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Counts, type Haproxy, startHaproxy, users, type Version } from "./haproxy.ts";

/** A real HAProxy, driven over its stats socket: what tests of the target stand on. */

let haproxy: Haproxy;
beforeAll(async () => {
  haproxy = await startHaproxy();
});
afterAll(() => haproxy.stop());

const set = (words: string) => haproxy.command(`set server ${haproxy.pool}/${words}`);
async function weights(blue: number, green: number): Promise<void> {
  expect(await set(`blue weight ${blue}`)).toBe("");
  expect(await set(`green weight ${green}`)).toBe("");
}
async function ask(path = "/"): Promise<string> {
  const response = await fetch(`${haproxy.url}${path}`);
  expect(response.status).toBe(200);
  return response.text();
}
/** How many requests each version answers while something happens. */
async function answeredDuring(work: () => Promise<unknown>): Promise<Record<Version, number>> {
  const count = async (): Promise<[Counts, Counts]> =>
    Promise.all([haproxy.counts("blue"), haproxy.counts("green")]);
  const [blueBefore, greenBefore] = await count();
  await work();
  const [blue, green] = await count();
  return { blue: blue.requests - blueBefore.requests, green: green.requests - greenBefore.requests };
}
async function requests(count: number): Promise<void> {
  for (let asked = 0; asked < count; asked += 1) await ask();
}

describe("HAProxy with two versions", () => {
  beforeEach(() => weights(100, 0));

  it("sends all to blue at first, and shares 90 to 10 as told", async () => {
    expect(await answeredDuring(() => requests(20))).toEqual({ blue: 20, green: 0 });
    await weights(90, 10);
    expect(await haproxy.command("get weight pool/green")).toBe("10 (initial 0)");
    expect(await answeredDuring(() => requests(200))).toEqual({ blue: 180, green: 20 });
  });

  it("finishes what is in flight where a server is drained, and sends it nothing new", async () => {
    await weights(100, 100);
    await set("green state drain");
    const inFlight = ask("/hold");
    while ((await haproxy.counts("blue")).in_flight === 0) await sleep(10);
    await set("green state ready");
    await set("blue state drain");
    expect(await answeredDuring(() => requests(20))).toEqual({ blue: 0, green: 20 });
    expect((await haproxy.counts("blue")).in_flight).toBe(1);
    await haproxy.release("blue");
    expect(await inFlight).toBe("blue");
    await set("blue state ready");
  });

  it("goes back to the weights of its configuration when it is reloaded", async () => {
    await weights(0, 100);
    expect(await ask()).toBe("green");
    await haproxy.reload();
    // The old worker may still answer on a connection that it has.
    await expect.poll(() => ask()).toBe("blue");
  });

  it("loses no request of many users while traffic moves there and back", async () => {
    const moving = async () => {
      for (const green of [10, 50, 100, 50, 0]) {
        await weights(100 - green, green);
        await sleep(300);
      }
    };
    const [load] = await Promise.all([users(haproxy.url, 16, 2), moving()]);
    expect(load).toMatchObject({ refused: 0, broken: 0 });
    expect(load.requests).toBeGreaterThan(100);
    expect((await haproxy.counts("green")).requests).toBeGreaterThan(50);
  });
});

it("answers with the errors of a version that fails", async () => {
  const failing = await startHaproxy({ blue: 25 });
  try {
    for (let asked = 0; asked < 40; asked += 1) await (await fetch(failing.url)).text();
    expect(await failing.counts("blue")).toEqual({ requests: 40, failed: 10, in_flight: 0 });
    const load = await users(failing.url, 2, 1);
    expect(load.broken).toBe(0);
    expect(load.refused).toBeGreaterThan(0);
    expect(load.refused).toBeLessThan(load.requests);
  } finally {
    await failing.stop();
  }
});
