import { afterAll, expect, test } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { flaggerHooks } from "../../../core/analysis/gates/flagger.ts";
import { closeWorld, flaggerBody, harmful, healthy, startWorld, type World } from "./world.ts";

let world: World | undefined;
afterAll(closeWorld);

async function hooks(from: World, body: object = flaggerBody) {
  const token = await from.token();
  return async (hook: string) => {
    const { status, json } = await from.server.call("POST", `/v1/flagger/${hook}`, { token, body });
    return { status, says: String(json.reason ?? json.detail) };
  };
}

test("before the first traffic the gates are open, and the rollback hook does not trigger", async () => {
  world = await startWorld(healthy);
  const ask = await hooks(world);
  const statuses: Record<string, number> = {};
  for (const hook of flaggerHooks) statuses[hook] = (await ask(hook)).status;
  expect(statuses).toEqual({
    "confirm-rollout": 200,
    "pre-rollout": 200,
    rollout: 200,
    "confirm-traffic-increase": 200,
    "confirm-promotion": 403,
    rollback: 403,
    "post-rollout": 200,
    event: 200,
  });
  expect(world.store.state.asked).toEqual([]);
});

test("each increase after the first waits for a comparison of its own, and the promotion takes the last one", async () => {
  world = await startWorld(healthy);
  const ask = await hooks(world);
  const increases: number[] = [];
  expect((await ask("confirm-traffic-increase")).status).toBe(200);
  for (let minute = 1; increases.length < 2 && minute < 40; minute += 1) {
    world.later(60);
    expect((await ask("rollback")).status).toBe(403);
    expect((await ask("rollout")).status).toBe(200);
    if ((await ask("confirm-traffic-increase")).status !== 200) {
      expect((await ask("confirm-promotion")).status).toBe(403);
      continue;
    }
    // In the same tick, and for a repeated ask, the same comparison speaks.
    expect((await ask("confirm-promotion")).status).toBe(200);
    expect((await ask("confirm-traffic-increase")).status).toBe(200);
    increases.push(minute);
  }
  const [first = 0, second = 0] = increases;
  expect(first).toBeGreaterThanOrEqual(6);
  expect(second - first).toBeGreaterThanOrEqual(6);
});

test("harm triggers the inverted rollback hook, and closes every gate to the same checksum", async () => {
  world = await startWorld(harmful);
  const ask = await hooks(world);
  await ask("confirm-traffic-increase");
  let minute = 0;
  for (; minute < 30 && (await ask("rollback")).status !== 200; minute += 1) world.later(60);
  expect(minute).toBeLessThan(30);
  expect(await ask("rollback")).toMatchObject({ status: 200, says: expect.stringContaining("rollback") });
  for (const hook of ["rollout", "confirm-traffic-increase", "confirm-promotion"])
    expect((await ask(hook)).status).toBe(403);
  for (const hook of ["post-rollout", "event"]) expect((await ask(hook)).status).toBe(200);
  const other = await hooks(world, { ...flaggerBody, checksum: "99d557f47b" });
  expect((await other("confirm-rollout")).status).toBe(200);
});

test.each(["confirm-rollout", "pre-rollout"])(
  "the same checksum tried again is compared anew from %s on, and the rollback still teaches",
  async (hook) => {
    world = await startWorld(harmful);
    const { database } = world.server;
    const ask = await hooks(world);
    const rolledBack = async () => {
      for (let minute = 0; minute < 30; minute += 1) {
        if ((await ask("rollback")).status === 200) return true;
        world?.later(60);
      }
      return false;
    };
    await ask("confirm-traffic-increase");
    expect(await rolledBack()).toBe(true);
    world.later(60);
    expect((await ask(hook)).status).toBe(200);
    // Asked again before the first traffic, it begins nothing but the same attempt.
    expect((await ask(hook)).status).toBe(200);
    expect((await ask("rollback")).status).toBe(403);
    expect((await ask("confirm-traffic-increase")).status).toBe(200);
    world.later(60);
    expect((await ask("confirm-traffic-increase")).status).toBe(403);
    expect((await ask("rollback")).status).toBe(403);
    expect(await rolledBack()).toBe(true);
    const runs = await database.query("select distinct run from analyses where final = 'rollback'");
    expect(runs).toHaveLength(2);
    const verdicts = await database.query("select distinct line from ledger_events where kind = 'verdict'");
    expect(verdicts).toHaveLength(2);
  },
);

test("a candidate that was taken back gets no more traffic, however long somebody asks", async () => {
  world = await startWorld(harmful);
  const ask = await hooks(world);
  await ask("confirm-traffic-increase");
  const increases: number[] = [];
  for (let minute = 1; minute <= 130; minute += 1) {
    world.later(60);
    increases.push((await ask("confirm-traffic-increase")).status);
  }
  expect(new Set(increases)).toEqual(new Set([403]));
  expect((await ask("rollback")).status).toBe(200);
});

test("after an hour without an ask the candidate is compared anew, and gets no more traffic meanwhile", async () => {
  world = await startWorld(harmful);
  const ask = await hooks(world);
  await ask("confirm-traffic-increase");
  for (let minute = 0; minute < 30 && (await ask("rollback")).status !== 200; minute += 1) world.later(60);
  world.later(2 * 3600);
  expect((await ask("confirm-traffic-increase")).status).toBe(403);
  expect((await ask("rollback")).status).toBe(403);
  world.later(20 * 60);
  expect((await ask("rollback")).status).toBe(200);
});

test("where nothing can be measured the candidate gets no traffic, and nothing is rolled back", async () => {
  world = await startWorld(healthy, { telemetryOf: () => undefined });
  const ask = await hooks(world);
  expect((await ask("confirm-traffic-increase")).status).toBe(200);
  world.later(60);
  expect((await ask("confirm-traffic-increase")).status).toBe(403);
  world.later(400);
  expect(await ask("confirm-traffic-increase")).toMatchObject({
    status: 403,
    says: expect.stringContaining("ADAPTIVE_DEPLOY_TELEMETRY"),
  });
  expect((await ask("rollback")).status).toBe(403);
  expect((await ask("rollout")).status).toBe(200);
});

test("a first increase that could not be answered in time is answered with the next tick", async () => {
  let slow = true;
  world = await startWorld(healthy, {
    answerWithinMs: 100,
    policyOf: async () => {
      await new Promise((resolve) => setTimeout(resolve, slow ? 300 : 0));
      return {
        policy: world?.policy.current ?? shippedBundle("default"),
        configuration: { "schema-version": 1 },
      };
    },
  });
  const ask = await hooks(world);
  expect((await ask("confirm-traffic-increase")).status).toBe(403);
  slow = false;
  world.later(60);
  await expect.poll(async () => (await ask("confirm-traffic-increase")).status).toBe(200);
});

test("the token may come as the password of the address, which is all that Flagger can send", async () => {
  world = await startWorld(healthy);
  const token = await world.token();
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const status = async (path: string, headers: Record<string, string>) =>
    (await world?.server.call("POST", path, { headers, body: flaggerBody }))?.status;
  expect(await status("/v1/flagger/event", basic(`flagger:${token}`))).toBe(200);
  expect(await status("/v1/flagger/event", basic(`flagger:${token.slice(0, -1)}x`))).toBe(401);
  expect(await status("/v1/flagger/event", basic("flagger:secret"))).toBe(401);
  expect(await status("/v1/flagger/event", {})).toBe(401);
  // Nowhere else: a browser would send such a password along by itself.
  expect(await status("/v1/analysis", basic(`argo:${token}`))).toBe(401);
});

test("a body that is not Flagger's is refused and triggers nothing", async () => {
  world = await startWorld(healthy);
  const token = await world.token();
  const bodies: [unknown, RegExp][] = [
    [{ ...flaggerBody, name: "Checkout" }, /name/],
    [{ ...flaggerBody, checksum: undefined }, /checksum/],
    [{ ...flaggerBody, metadata: { service: "a\u0000b" } }, /metadata\.service/],
    [{ ...flaggerBody, metadata: { service: "{{args.service}}" } }, /metadata\.service/],
    [{ ...flaggerBody, metadata: "no" }, /metadata/],
    [[], /body/],
  ];
  for (const [body, says] of bodies) {
    const { status, json } = await world.server.call("POST", "/v1/flagger/rollback", { token, body });
    expect([status, json.reason_code]).toEqual([422, "bad-request"]);
    expect(json.detail).toMatch(says);
  }
});

test("fields of a later Flagger are passed over, and so is what an event says", async () => {
  world = await startWorld(healthy);
  const metadata = {
    eventMessage: "Advance checkout.shop canary weight 10 — ✓",
    eventType: "Normal",
    timestamp: "1",
  };
  const ask = await hooks(world, { ...flaggerBody, metadata, canary: { weight: 10 } });
  expect((await ask("event")).status).toBe(200);
});
