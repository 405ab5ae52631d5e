import { request as ask } from "node:http";
import { text as body } from "node:stream/consumers";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { appMetrics, type Metrics } from "../../app/metrics.ts";
import { metricsDoor } from "../../app/metrics-door.ts";
import { queueGauges } from "../../app/queue-gauges.ts";
import { rateLimits } from "../../app/rate-limits.ts";
import { serve } from "../../app/server.ts";
import { freshDatabase } from "../database.ts";
import { place, startTestApp, type TestApp } from "./app.ts";
import { type Exposition, readExposition } from "./exposition.ts";

const token = "a token of this test, long enough".replaceAll(" ", "-");
const prefix = "adaptive_deploy_";
let open: TestApp;
beforeAll(async () => {
  open = await startTestApp();
});
afterAll(() => open.close());

type Answer = { status: number; type: string; text: string };
/** Without fetch, which does not send a Host of our choosing. */
function get(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = ask(`${url}/metrics`, { method, headers }, async (answer) => {
      const { statusCode = 0, headers: said } = answer;
      resolve({ status: statusCode, type: said["content-type"] ?? "", text: await body(answer) });
    });
    asked.on("error", reject).end();
  });
}
async function scrape(app: TestApp): Promise<Exposition> {
  const { status, text } = await get(app.app.url);
  expect(status).toBe(200);
  return readExposition(text);
}
/** The count of what is handled follows the decision by a commit. */
const counted = (app: TestApp, name: string, labels: Record<string, string>, value: number) =>
  vi.waitFor(async () => expect((await scrape(app)).value(prefix + name, labels)).toBe(value));

describe("what is counted", () => {
  test("deliveries, decisions and requests, from webhook to comment", async () => {
    expect(await open.deliver("low")).toBe(202);
    expect(await open.deliver("high")).toBe(202);
    expect(await open.deliver("low", { secret: "another" })).toBe(401);
    await open.decided(2);
    await counted(open, "delivery_duration_seconds_count", { event: "pull_request", outcome: "done" }, 2);
    const seen = await scrape(open);
    expect(seen.value(`${prefix}deliveries_received_total`, { result: "stored" })).toBe(2);
    expect(seen.value(`${prefix}deliveries_received_total`, { reason: "signature" })).toBe(1);
    for (const { strategy, mode, subject } of open.decisions)
      expect(seen.value(`${prefix}decisions_total`, { strategy, mode, kind: subject.kind })).toBeGreaterThan(
        0,
      );
    expect(seen.value(`${prefix}decisions_total`)).toBe(2);
    // Every request that the emulated GitHub saw, and none besides.
    expect(seen.value(`${prefix}github_request_duration_seconds_count`)).toBe(open.github.requests.length);
    expect(
      seen.value(`${prefix}github_request_duration_seconds_count`, { method: "POST", status: "2xx" }),
    ).toBeGreaterThan(0);
    expect(seen.value(`${prefix}github_turn_wait_seconds_count`, { urgency: "check" })).toBe(2);
    expect(seen.value(`${prefix}github_rate_limit_remaining`, { resource: "core" })).toBeGreaterThan(0);
    expect(open.github.violations()).toEqual([]);
  });

  test("what waits, as the database says at that moment", async () => {
    const seen = await scrape(open);
    expect(seen.value(`${prefix}database_up`)).toBe(1);
    for (const name of ["deliveries_waiting", "oldest_delivery_waiting_seconds", "deliveries_parked"])
      expect(seen.value(prefix + name), name).toBe(0);
    expect(seen.value(`${prefix}gates_waiting`)).toBe(0);
  });

  test("the process itself", async () => {
    const seen = await scrape(open);
    expect(seen.value("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect(seen.families.has("nodejs_eventloop_lag_seconds")).toBe(true);
  });

  test("under names and labels that Prometheus asks for, each with its help", async () => {
    const { families, samples } = await scrape(open);
    const ours = [...families].filter(([name]) => name.startsWith(prefix));
    expect(ours.length).toBeGreaterThan(10);
    for (const [name, { help, type }] of ours) {
      expect(help, name).toMatch(/^[A-Z1].*[.]$/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      expect(name, "base units").not.toMatch(/_(ms|milliseconds|minutes|kb|percent)(_|$)/);
    }
    const labels = samples
      .filter(({ name }) => name.startsWith(prefix))
      .flatMap((one) => Object.keys(one.labels));
    expect(new Set(labels)).toEqual(
      new Set([
        "result",
        "reason",
        "event",
        "outcome",
        "kind",
        "mode",
        "strategy",
        "method",
        "status",
        "urgency",
        "resource",
        "le",
      ]),
    );
  });

  test("with the name of nobody and no repository", async () => {
    const { text } = await get(open.app.url);
    const names = [
      place,
      ...place.split("/"),
      ...Object.values(open.sample.pulls).map(({ author }) => author),
    ];
    for (const name of names) expect(text).not.toMatch(new RegExp(`\\b${name}\\b`));
  });

  test("for one App alone: another one in the same process counts its own", async () => {
    const [one, other] = [appMetrics(), appMetrics()];
    one.limited();
    const counts = async ({ registry }: Metrics) =>
      readExposition(await registry.metrics()).value(`${prefix}github_limits_total`);
    expect([await counts(one), await counts(other)]).toEqual([1, 0]);
  });
});

describe("who may read", () => {
  test("without a token this machine, and nobody that a proxy brings or that asks under another name", async () => {
    const { status, type } = await get(open.app.url);
    expect([status, type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const foreign: Record<string, string>[] = [
      { "x-forwarded-for": "127.0.0.1" },
      { forwarded: "for=127.0.0.1" },
      { via: "1.1 proxy" },
      { "x-real-ip": "127.0.0.1" },
      { host: "metrics.example.com" },
    ];
    for (const headers of foreign)
      expect(await get(open.app.url, headers), JSON.stringify(headers)).toMatchObject({
        status: 404,
        text: "",
      });
  });

  test("with a token whoever carries it, from anywhere", async () => {
    const { registry } = appMetrics();
    const door = { registry, refresh: async () => undefined, token };
    const server = await serve(
      { host: "127.0.0.1", port: 0 },
      {
        webhook: async () => undefined,
        isReady: async () => true,
        warn: () => undefined,
        others: [(request, response) => metricsDoor(request, response, door)],
      },
    );
    try {
      const bearer = {
        authorization: `Bearer ${token}`,
        "x-forwarded-for": "192.0.2.1",
        host: "example.com",
      };
      expect((await get(server.url, bearer)).text).toContain("adaptive_deploy_decisions_total");
      for (const authorization of [
        "",
        "Bearer",
        "Bearer another",
        `Bearer ${token}x`,
        `Basic ${token}`,
        token,
      ])
        expect(await get(server.url, { authorization }), authorization).toMatchObject({
          status: 401,
          text: "",
        });
      expect((await get(server.url, bearer, "HEAD")).text).toBe("");
      expect((await get(server.url, bearer, "POST")).status).toBe(405);
    } finally {
      await server.close();
    }
  });
});

describe("what waits", () => {
  // Opened once, because that takes longer than the tests; the last one closes it.
  let database: Database;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  const read = async (registry: Registry, refresh: () => Promise<void>): Promise<Exposition> => {
    await refresh();
    return readExposition(await registry.metrics());
  };

  test("is counted, with the age of the oldest", async () => {
    await database.query(
      `insert into inbox (delivery_id, event, lane, payload, received_at, state) values
         ('a', 'push', 'one', '', now() - interval '90 seconds', 'waiting'),
         ('b', 'push', 'one', '', now(), 'waiting'),
         ('c', 'push', 'one', '', now() - interval '2 days', 'parked'),
         ('d', 'push', 'one', '', now() - interval '3 days', 'done')`,
    );
    const registry = new Registry();
    const seen = await read(registry, queueGauges(registry, database, 15_000));
    expect(seen.value(`${prefix}deliveries_waiting`)).toBe(2);
    expect(seen.value(`${prefix}deliveries_parked`)).toBe(1);
    expect(seen.value(`${prefix}oldest_delivery_waiting_seconds`)).toBeGreaterThanOrEqual(90);
    expect(seen.value(`${prefix}oldest_delivery_waiting_seconds`)).toBeLessThan(180);
  });

  test("is not asked again beside a question that hangs, which is given up in time", async () => {
    let questions = 0;
    const hanging = {
      query() {
        questions += 1;
        return new Promise<never>(() => undefined);
      },
    };
    const registry = new Registry();
    const refresh = queueGauges(registry, hanging, 20);
    await Promise.all([refresh(), refresh()]);
    expect((await read(registry, refresh)).value(`${prefix}database_up`)).toBe(0);
    expect(questions).toBe(1);
  });

  test("is not claimed of a database that is away", async () => {
    const registry = new Registry();
    const refresh = queueGauges(registry, database, 15_000);
    expect((await read(registry, refresh)).value(`${prefix}deliveries_waiting`)).toBe(2);
    await database.close();
    const seen = await read(registry, refresh);
    expect(seen.value(`${prefix}database_up`)).toBe(0);
    expect(seen.value(`${prefix}deliveries_waiting`)).toBeUndefined();
    expect(seen.value(`${prefix}gates_waiting`)).toBeUndefined();
  });
});

test("of GitHub's limits the tightest counts, until its window ends", () => {
  let now = 1000;
  const limits = rateLimits(() => now);
  limits.note({ installation: 1, resource: "core", remaining: 4000, resetsAtMs: 9000 });
  limits.note({ installation: 2, resource: "core", remaining: 12, resetsAtMs: 5000 });
  limits.note({ installation: 2, resource: "code_scanning_upload", remaining: 7, resetsAtMs: 9000 });
  expect([...limits.fewest()]).toEqual([
    ["core", 12],
    ["other", 7],
  ]);
  now = 6000;
  expect(limits.fewest().get("core")).toBe(4000);
});

test("a method or resource that GitHub's clients do not know makes no label of its own", async () => {
  const metrics = appMetrics();
  metrics.askedGitHub({ method: "acme/shop", status: "2xx", seconds: 1 });
  expect(await metrics.registry.metrics()).not.toContain("acme");
});
