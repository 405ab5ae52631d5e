import { afterAll, expect, test } from "vitest";
import * as z from "zod";
import { runOf } from "../../../app/analysis/asked.ts";
import { analyses } from "../../../app/analysis/index.ts";
import { pastOf } from "../../../app/analysis/store.ts";
import { UserError } from "../../../core/errors.ts";
import { argoBody, closeWorld, harmful, healthy, startWorld, type World } from "./world.ts";

let world: World | undefined;
afterAll(closeWorld);

const answered = z.object({
  data: z.looseObject({
    verdict: z.string(),
    reason_code: z.string(),
    reason: z.string(),
    at_window: z.number(),
    windows_planned: z.number(),
    id: z.string(),
  }),
});

async function asker(from: World, more: object = {}, repository?: string) {
  const token = await from.token(repository);
  return async (body: object = {}) => {
    const sent = { token, body: { ...argoBody, ...more, ...body } };
    const { status, json } = await from.server.call("POST", "/v1/analysis", sent);
    return { status, data: answered.parse(json).data };
  };
}

/** As Argo does: every window once more. */
async function untilEnd(from: World, ask: Awaited<ReturnType<typeof asker>>) {
  const words: string[] = [];
  for (let count = 0; count < 10; count += 1) {
    const { data } = await ask();
    words.push(data.verdict);
    if (data.verdict === "promote" || data.verdict === "rollback") return { words, data };
    from.later(120);
  }
  return { words, data: undefined };
}

test("a candidate like its baseline is promoted after windows of evidence, and not before", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  const first = await ask();
  expect(first).toMatchObject({ status: 200, data: { verdict: "hold", reason_code: "no-window-yet" } });
  const now = world.server.clock.now.getTime() / 1000;
  expect(world.store.state.asked.filter(({ end }) => end >= now)).toEqual([]);
  const { words, data } = await untilEnd(world, ask);
  expect(words.slice(0, -1).every((word) => word === "hold")).toBe(true);
  expect(data).toMatchObject({ verdict: "promote", reason_code: "healthy", score: 100, windows_planned: 8 });
  expect(data?.at_window).toBeGreaterThanOrEqual(3);
});

test("harm takes it back, for every later step of the rollout as well", async () => {
  world = await startWorld(harmful);
  const ask = await asker(world);
  const { data } = await untilEnd(world, ask);
  expect(data).toMatchObject({ verdict: "rollback", score: 0 });
  expect((await ask({ step: "3", weight: "50" })).data).toEqual(data);
  expect((await ask({ run: "another", candidate: { version: "1.5.1" } })).data.verdict).toBe("hold");
});

test.each([
  ["20", "hold", "one-sided-data", "Write `arms`"],
  ["", "hold", "one-sided-data", "Write `arms`"],
  ["100", "promote", "healthy", "stays within"],
])("versions that are one and the same, with the weight %j: %s", async (weight, verdict, code, says) => {
  world = await startWorld(healthy);
  const ask = await asker(world, { weight, candidate: argoBody.baseline });
  await ask();
  world.later(5 * 120 + 20);
  const { data } = await ask();
  expect(data).toMatchObject({ verdict, reason_code: code, reason: expect.stringContaining(says) });
});

test("every window is asked for once, and whoever asks again gets the same answer", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  const begun = world.server.clock.now.getTime() / 1000;
  await ask();
  world.later(3 * 120 + 20);
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(one).toEqual(other);
  expect(await ask()).toEqual(one);
  expect(one.data.at_window).toBeGreaterThan(0);
  const asked = () =>
    (world?.store.state.asked ?? []).filter(
      ({ query, start }) => query.includes('version="1.') && start > begun,
    );
  expect(asked()).toHaveLength(4);
  world.later(120);
  await ask();
  const before = asked().slice(0, 4);
  const after = asked().slice(4);
  expect(Math.min(...after.map(({ start }) => start))).toBeGreaterThan(
    Math.max(...before.map(({ end }) => end)),
  );
});

test("a new start of the App goes on with what was measured", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  await ask();
  world.later(400);
  const before = await ask();
  const count = world.store.state.asked.length;
  const again = analyses({
    ...world.around,
    policyOf: async () => {
      throw new Error("Nothing new has to be known.");
    },
    telemetryOf: () => undefined,
  });
  const { candidate, baseline, service, environment, namespace, run } = argoBody;
  const about = { service, environment, namespace, run, candidate, baseline, step: 2, weight: 20 };
  expect(await again.ask({ ...about, repository: "octo-org/shop", controller: "argo" })).toEqual(before.data);
  expect(world.store.state.asked).toHaveLength(count);
});

test("the windows' length is that of the first ask, whatever the policy says later", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  await ask();
  const { thresholds } = world.policy.current;
  const defaults = { ...thresholds.defaults, analysis: { window: "10s" } };
  world.policy.current = { ...world.policy.current, thresholds: { ...thresholds, defaults } };
  world.later(3 * 120 + 20);
  const { data } = await ask();
  expect(data.at_window).toBeLessThanOrEqual(3);
  expect(data.windows_planned).toBe(8);
});

test("an outage of the store is hold, and what was missed is asked for afterwards", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  await ask();
  world.later(400);
  world.store.state.status = 503;
  expect(await ask()).toMatchObject({ status: 200, data: { verdict: "hold", reason_code: "no-data" } });
  world.store.state.status = 200;
  world.later(10);
  expect((await ask()).data.reason_code).not.toBe("no-data");
});

test("a store that is slow does not keep the controller waiting, and its answer is told to the next ask", async () => {
  world = await startWorld(healthy, { answerWithinMs: 50 });
  const ask = await asker(world);
  await ask();
  world.later(400);
  world.store.state.delayMs = 400;
  expect((await ask()).data).toMatchObject({ verdict: "hold", reason_code: "analysis-late" });
  await expect.poll(async () => (await ask()).data.at_window, { timeout: 4000 }).toBeGreaterThan(0);
});

test("nothing measured of the candidate is never a promotion", async () => {
  world = await startWorld((version) => (version === "1.5.0" ? undefined : { total: 20_000, bad: 180 }));
  const { words, data } = await untilEnd(world, await asker(world));
  expect(data).toBeUndefined();
  expect(new Set(words)).toEqual(new Set(["hold"]));
});

test("a candidate that nothing tells from its baseline is held, where no other week has one", async () => {
  world = await startWorld((_, end) =>
    end > Date.parse("2026-03-01") / 1000 ? healthy("", end) : undefined,
  );
  const same = { version: "1.5.0", hash: "6c9f7d5b8c" };
  const { words } = await untilEnd(world, await asker(world, { candidate: same, baseline: same }));
  expect(words).not.toContain("promote");
});

test("what is not set up is hold with its reason, and no failure of the candidate", async () => {
  world = await startWorld(healthy, {
    telemetryOf: () => {
      throw new UserError(
        "telemetry-not-allowed",
        "The operator does not let this repository ask http://evil.",
      );
    },
  });
  const ask = await asker(world);
  await ask();
  world.later(400);
  expect(await ask()).toMatchObject({
    status: 200,
    data: { verdict: "hold", reason_code: "telemetry-not-allowed" },
  });
});

test.each([
  [99.9, "hold"],
  [99, "promote"],
])("an error budget of an objective of %d % that is spent or not means %s", async (objective, word) => {
  world = await startWorld(healthy);
  const { thresholds } = world.policy.current;
  const analysis = {
    ...thresholds.defaults.analysis,
    profile: "interactive",
    slo: { "objective-percent": objective },
  };
  world.policy.current = {
    ...world.policy.current,
    thresholds: { ...thresholds, defaults: { ...thresholds.defaults, analysis } },
  };
  const { words } = await untilEnd(world, await asker(world));
  expect(words.at(-1)).toBe(word);
  const [row] = await world.server.database.query("select counting from analyses");
  const counted = z.object({ counting: z.record(z.string(), z.array(z.number())) }).parse(row).counting;
  expect(Object.keys(counted)).toContain(`service over ${28 * 86_400} s total`);
  const budgets = world.store.state.asked.filter(({ query }) => query.includes("2419200s"));
  expect(new Set(budgets.map(({ start, query }) => `${start} ${query}`)).size).toBe(budgets.length);
});

test("a label that nothing has is hold with what is there, until it is", async () => {
  world = await startWorld(healthy);
  const [service, ...others] = world.policy.current.services?.services ?? [];
  const rate = service?.telemetry?.metrics?.["error-rate"];
  if (!service?.telemetry || !rate) throw new Error("The service is not measured.");
  const metrics = {
    "error-rate": { ...rate, "needs-label": { label: "code", of: "http_requests_total{$arm}" } },
  };
  const measured = { ...service, telemetry: { ...service.telemetry, metrics } };
  world.policy.current = {
    ...world.policy.current,
    services: { "schema-version": 1, services: [measured, ...others] },
  };
  world.store.state.labels = ["status", "version"];
  const ask = await asker(world);
  await ask();
  world.later(1000);
  expect((await ask()).data).toMatchObject({
    verdict: "hold",
    reason_code: "telemetry-label-missing",
    reason: expect.stringContaining("Labels there: status, version"),
  });
  world.store.state.labels = ["code", "version"];
  expect((await ask()).data.verdict).toBe("promote");
});

test("a step that could not see harm is held, and harm that is seen all the same takes it back", async () => {
  const few = (bad: number) => (version: string) => ({ total: 200, bad: version === "1.5.0" ? bad : 2 });
  world = await startWorld(few(2));
  const { words, data } = await untilEnd(world, await asker(world));
  expect([new Set(words), data]).toEqual([new Set(["hold"]), undefined]);
  const held = (await (await asker(world))()).data;
  expect(held).toMatchObject({ verdict: "hold", reason_code: "not-enough-power" });
  expect(held.reason).toMatch(/^In 8 windows of this traffic error-rate doubled with .* policy wants 80 %/);
  world = await startWorld(few(150));
  expect((await untilEnd(world, await asker(world))).data?.verdict).toBe("rollback");
});

test("services without telemetry or a name say so", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  const reason = async (service: string) => {
    await ask({ service, run: service });
    world?.later(400);
    return (await ask({ service, run: service })).data.reason_code;
  };
  expect(await reason("dark")).toBe("service-without-telemetry");
  expect(await reason("unheard")).toBe("unknown-service");
});

test("after an hour without an ask a retry begins anew", async () => {
  world = await startWorld(harmful);
  const ask = await asker(world);
  expect((await untilEnd(world, ask)).data?.verdict).toBe("rollback");
  world.later(3601);
  world.store.state.behaviour = healthy;
  expect((await ask()).data.reason_code).toBe("no-window-yet");
  expect((await untilEnd(world, ask)).data?.verdict).toBe("promote");
});

test("a comparison that cannot be read begins anew instead of failing for ever", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  await ask();
  world.later(400);
  expect((await ask()).data.at_window).toBe(3);
  await world.server.database.query(
    "update analyses set measurements = jsonb_set(measurements, '{metrics}', 'null')",
    [],
  );
  const { status, data } = await ask();
  expect([status, data.verdict, data.reason_code, data.at_window]).toEqual([200, "hold", "no-window-yet", 0]);
  expect((await untilEnd(world, ask)).data?.verdict).toBe("promote");
});

test("noise is learnt from other rollouts, and not from the steps of the same one", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  const { database } = world.server;
  expect((await untilEnd(world, ask)).data?.verdict).toBe("promote");
  await ask({ step: "3" });
  await ask({ run: "another" });
  const [own, other] = await Promise.all(
    ["checkout-6c9f7d5b8c", "another"].map(async (run) => {
      const { environment, namespace, candidate, baseline, service } = argoBody;
      const about = {
        repository: "octo-org/shop",
        controller: "argo" as const,
        service,
        environment,
        namespace,
      };
      const name = runOf({ ...about, run, candidate, baseline });
      return await pastOf(database, "octo-org/shop", { run: name, service, environment });
    }),
  );
  expect([own?.length, other?.length]).toEqual([0, 1]);
});

test("an answer is of its moment, whatever Idempotency-Key is sent", async () => {
  world = await startWorld(healthy);
  const token = await world.token();
  const asked = { token, body: argoBody, headers: { "idempotency-key": "one" } };
  const windows = async () =>
    answered.parse((await world?.server.call("POST", "/v1/analysis", asked))?.json).data.at_window;
  expect(await windows()).toBe(0);
  world.later(400);
  expect(await windows()).toBe(3);
});

test("the verdict behind an answer can be read with the same token", async () => {
  world = await startWorld(healthy);
  const ask = await asker(world);
  const { data } = await untilEnd(world, ask);
  const token = await world.token();
  const read = await world.server.call("GET", `/v1/analysis/${data?.id}`, { token });
  expect([read.status, read.json.verdict, read.json.service]).toEqual([200, "promote", "checkout"]);
  const other = { token: await world.token("octo-org/till") };
  expect((await world.server.call("GET", `/v1/analysis/${data?.id}`, other)).status).toBe(404);
  expect((await world.server.call("GET", "/v1/analysis/../secrets", { token })).status).toBe(404);
});
