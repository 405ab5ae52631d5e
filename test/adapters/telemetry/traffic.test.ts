import { createServer } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { prometheus } from "../../../adapters/telemetry/prometheus.ts";
import { type TrafficQuestion, trafficOfChange } from "../../../adapters/telemetry/traffic.ts";
import type { PolicyBundle } from "../../../core/policy/schema.ts";
import { type Behaviour, startPrometheus } from "../../app/analysis/prometheus.ts";

const now = new Date("2026-03-02T10:00:30.000Z");
const service = (name: string, version: string) => ({
  name,
  paths: [`${name}/**`],
  telemetry: {
    arms: { both: { version } },
    metrics: {
      "error-rate": {
        kind: "ratio" as const,
        supplies: ["canary.error_rate" as const],
        total: "sum(increase(http_requests_total{$arm}[$window]))",
        bad: 'sum(increase(http_requests_total{code=~"5..",$arm}[$window]))',
      },
    },
  },
});
const shipped = shippedBundle("default");
const policy: PolicyBundle = {
  ...shipped,
  services: {
    "schema-version": 1,
    services: [service("till", "till"), service("shop", "shop"), { name: "dark", paths: ["dark/**"] }],
  },
};

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

async function read(behaviour: Behaviour, paths: string[], more: Partial<TrafficQuestion> = {}) {
  const store = await startPrometheus(behaviour);
  close = store.close;
  const files = paths.map((path) => ({ path, status: "modified" as const }));
  const told = await trafficOfChange(() => prometheus({ url: store.url, retries: 0 }), {
    ...{ policy, environment: "production", now, trusted: true },
    measured: { schema_version: 1, diff: { changed_files: files } },
    ...more,
  });
  return { context: told.given[0]?.facts.context, told, asked: store.state.asked };
}

const days = 86_400;
const steady: Behaviour = (_, end) =>
  end > now.getTime() / 1000 - 40 * days ? { total: 90_000, bad: 36 } : undefined;

describe("traffic and error budget of a change", () => {
  test("are those of the service that it touches", async () => {
    const { context, told, asked } = await read(steady, ["shop/pay.ts"]);
    // 36 of 90,000 is 0.04 %, and 0.1 % may fail.
    expect(context).toEqual({ requests_per_second: 300, error_budget_left_percent: 60 });
    expect(told).toMatchObject({ problems: [], given: [{ from: "telemetry", trusted: true }] });
    expect(asked).toHaveLength(3);
    expect(asked.every(({ query }) => query.includes('version="shop"'))).toBe(true);
    expect(Math.max(...asked.map(({ end, start }) => end - start))).toBe(27 * days);
  });

  test("of several services: the busiest and the smallest budget", async () => {
    const behaviour: Behaviour = (version) =>
      version === "shop" ? { total: 30_000, bad: 60 } : { total: 90_000, bad: 9 };
    const { context } = await read(behaviour, ["shop/pay.ts", "till/pay.ts"]);
    expect(context).toEqual({ requests_per_second: 300, error_budget_left_percent: -100 });
  });

  test("a service of which nothing is known makes them unknown, but for a budget that is spent", async () => {
    const half =
      (bad: number): Behaviour =>
      (version) =>
        version === "shop" ? { total: 30_000, bad } : undefined;
    const { context, told } = await read(half(3), ["shop/pay.ts", "till/pay.ts"]);
    expect(context).toBeUndefined();
    expect(told.problems.join()).toMatch(/error budget is unknown/);
    await close?.();
    expect((await read(half(60), ["shop/pay.ts", "till/pay.ts"])).context).toEqual({
      error_budget_left_percent: -100,
    });
  });

  test("a service without telemetry makes them unknown beside one that has it", async () => {
    const { context, told } = await read(steady, ["shop/pay.ts", "dark/pay.ts"]);
    expect(context).toBeUndefined();
    expect(told.problems).toEqual([expect.stringMatching(/^Traffic and error budget of dark are unknown/)]);
    await close?.();
    const spent = await read(() => ({ total: 30_000, bad: 60 }), ["shop/pay.ts", "dark/pay.ts"]);
    expect(spent.context).toEqual({ error_budget_left_percent: -100 });
  });

  test("of more services than are asked about nothing is known of the others", async () => {
    const names = Array.from({ length: 18 }, (_, at) => `s${at}`);
    const many = { "schema-version": 1 as const, services: names.map((name) => service(name, name)) };
    const paths = names.map((name) => `${name}/pay.ts`);
    const { context, told, asked } = await read(steady, paths, { policy: { ...policy, services: many } });
    expect(asked).toHaveLength(30);
    expect(context).toBeUndefined();
    expect(told.problems).toEqual([
      "Traffic and error budget of s10, s11, s12, s13, s14 and 3 more are unknown: at most 10 services are asked about.",
    ]);
  });

  test("a store that keeps less than the period leaves the budget unknown, not full", async () => {
    const fortnight: Behaviour = (_, end) =>
      end > now.getTime() / 1000 - 15 * days ? { total: 90_000, bad: 0 } : undefined;
    const { context, told } = await read(fortnight, ["shop/pay.ts"]);
    expect(context).toEqual({ requests_per_second: 300 });
    expect(told.problems.join()).toMatch(/too little of error-rate over 28d/);
  });

  test("no traffic is a rate of zero and no budget", async () => {
    const { context } = await read(() => ({ total: 0, bad: 0 }), ["shop/pay.ts"]);
    expect(context).toEqual({ requests_per_second: 0 });
  });

  test("nothing is asked where nothing says what is measured", async () => {
    for (const paths of [["dark/pay.ts"], ["README.md"], []]) {
      const { told, asked } = await read(steady, paths);
      expect([told, asked]).toEqual([{ given: [], problems: [] }, []]);
      await close?.();
    }
    expect((await read(steady, ["README.md"], { service: "till" })).asked).toHaveLength(3);
  });
});

describe("a store that does not answer", () => {
  test("leaves them unknown, with a sentence", async () => {
    const store = await startPrometheus(steady);
    close = store.close;
    store.state.status = 503;
    const told = await asked(store.url);
    expect(told.given).toEqual([]);
    expect(told.problems.join()).toMatch(/^Traffic and error budget of shop are unknown: .*503/);
  });

  test("is not waited for", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    close = async () => {
      server.closeAllConnections();
      server.close();
    };
    const address = server.address();
    const told = await asked(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
    expect(told.given).toEqual([]);
    expect(told.problems.join()).toMatch(/did not answer within 3 s/);
  });

  test("because it cannot be opened is told as well", async () => {
    const told = await trafficOfChange(() => prometheus({ url: "nonsense" }), question());
    expect(told).toMatchObject({ given: [], problems: [expect.stringMatching(/not an address/)] });
  });

  const question = (): TrafficQuestion => ({
    ...{ policy, environment: "production", now, trusted: true },
    measured: { schema_version: 1, diff: { changed_files: [{ path: "shop/pay.ts", status: "modified" }] } },
  });
  const asked = (url: string) => trafficOfChange(() => prometheus({ url, retries: 0 }), question());
});
