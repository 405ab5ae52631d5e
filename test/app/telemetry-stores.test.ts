import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shippedBundle } from "../../adapters/policy/shipped.ts";
import { appConfiguration } from "../../app/configuration.ts";
import { readStores, type Stores, storeFor, telemetryOf } from "../../app/telemetry-stores.ts";
import { trafficReader } from "../../app/traffic.ts";
import type { TelemetrySettings } from "../../core/policy/schema.ts";
import { startPrometheus } from "./analysis/prometheus.ts";
import { privateKey } from "./private-key.ts";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stores-"));
  path = join(folder, "telemetry.yaml");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(text: string, more: Record<string, string> = {}): Promise<Stores> {
  await writeFile(path, text);
  const stores = await readStores({ ADAPTIVE_DEPLOY_TELEMETRY: path, ...more });
  if (!stores) throw new Error("Nothing was read.");
  return stores;
}

const two = `schema-version: 1
stores:
  - url: https://mimir.example.com/prometheus
    repositories: [octo-org/shop, octo-org/till]
    auth: { bearer-from: TELEMETRY_MIMIR }
    headers: { X-Scope-OrgID: shop }
  - url: https://prometheus.example.com
    repositories: ["octo-org/*"]
`;
const secrets = { TELEMETRY_MIMIR: "hush", DATABASE_URL: "postgres://secret" };
const wanted = (url: string, more: Partial<TelemetrySettings> = {}): TelemetrySettings => ({
  kind: "prometheus",
  url,
  ...more,
});

describe("the operator's stores", () => {
  test("are read with the start, and nothing of the environment but their own secrets is kept", async () => {
    const stores = await written(two, secrets);
    expect(stores.environment).toEqual({ TELEMETRY_MIMIR: "hush" });
    const keys = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "hush" };
    const configuration = await appConfiguration({
      ...keys,
      ...secrets,
      ADAPTIVE_DEPLOY_TELEMETRY: path,
      DATABASE_URL: "",
    });
    expect(configuration.telemetry).toEqual(stores);
    expect(await readStores({})).toBeUndefined();
  });

  test.each([
    ["a secret that is not set", two, /TELEMETRY_MIMIR, which is not set/],
    ["a misspelt key", two.replace("headers:", "header:"), /header/],
    [
      "no repositories",
      two.replace("    repositories: [octo-org/shop, octo-org/till]\n", ""),
      /repositories/,
    ],
    ["no address", two.replace("https://prometheus.example.com", "prometheus"), /not an address/],
    ["recorded answers", two.replace("- url", "- kind: file\n    url"), /kind/],
    ["another secret of the App's", two.replace("TELEMETRY_MIMIR", "WEBHOOK_SECRET"), /TELEMETRY_/],
  ])("end the start where there is %s", async (what, text, says) => {
    const given = what === "a secret that is not set" ? {} : secrets;
    await expect(written(text, given)).rejects.toThrow(says);
  });

  test("that cannot be read say so", async () => {
    const missing = { ADAPTIVE_DEPLOY_TELEMETRY: join(folder, "missing.yaml") };
    await expect(readStores(missing)).rejects.toThrow(/cannot be read/);
  });
});

describe("a repository's own file", () => {
  const chosen = async (repository: string, settings?: TelemetrySettings) =>
    storeFor(await written(two, secrets), repository, settings)?.settings.url;

  test("chooses among the stores that the operator lets it use", async () => {
    expect(await chosen("octo-org/shop", wanted("https://prometheus.example.com/"))).toBe(
      "https://prometheus.example.com",
    );
    expect(await chosen("Octo-Org/Shop")).toBe("https://mimir.example.com/prometheus");
    expect(await chosen("octo-org/other")).toBe("https://prometheus.example.com");
    expect(await chosen("evil/shop")).toBeUndefined();
  });

  test.each([
    ["another address", "octo-org/shop", wanted("https://evil.example.com")],
    ["the address of a link-local service", "octo-org/shop", wanted("http://169.254.169.254/latest")],
    ["an address that only begins alike", "octo-org/shop", wanted("https://prometheus.example.com.evil.com")],
    ["a user before the host", "octo-org/shop", wanted("https://prometheus.example.com@evil.example.com")],
    ["another path of the host", "octo-org/shop", wanted("https://prometheus.example.com/admin")],
    ["a store of other repositories", "octo-org/other", wanted("https://mimir.example.com/prometheus")],
    ["a store though it has none", "evil/shop", wanted("https://prometheus.example.com")],
    ["a file of the App's machine", "octo-org/shop", { kind: "file", path: "/etc/passwd" }],
    ["no address at all", "octo-org/shop", { kind: "prometheus" }],
  ] satisfies [string, string, TelemetrySettings][])("cannot name %s", async (_, repository, settings) => {
    const telemetry = telemetryOf(await written(two, secrets));
    expect(() => telemetry(repository, settings)).toThrow(
      expect.objectContaining({ reasonCode: "telemetry-not-allowed" }),
    );
  });

  test("has no say in who asks, over which way, and with which headers", async () => {
    const store = await startPrometheus(() => ({ total: 1, bad: 0 }));
    const evil = await startPrometheus(() => ({ total: 1, bad: 0 }));
    try {
      const text = `schema-version: 1\nstores: [{ url: "${store.url}", repositories: ["*/*"], auth: { bearer-from: TELEMETRY_A } }]\n`;
      const telemetry = telemetryOf(await written(text, { TELEMETRY_A: "a", TELEMETRY_B: "b" }))(
        "octo-org/shop",
        wanted(store.url, {
          auth: { "bearer-from": "TELEMETRY_B", "bearer-file": "/etc/hostname" },
          proxy: evil.url,
          headers: { authorization: "Bearer mine" },
          tls: { key: "/etc/passwd", certificate: "/etc/passwd" },
        }),
      );
      await telemetry?.read({
        ...{ name: "x", query: "x", form: "value" },
        firstEnd: 60,
        lastEnd: 60,
        stepSeconds: 60,
      });
      expect(store.state.asked.map(({ authorization }) => authorization)).toEqual(["Bearer a"]);
      expect(evil.state.asked).toEqual([]);
    } finally {
      await Promise.all([store.close(), evil.close()]);
    }
  });
});

describe("a decision of the App", () => {
  const shipped = shippedBundle("default");
  const metric = {
    kind: "ratio" as const,
    supplies: ["canary.error_rate" as const],
    total: "sum(increase(http_requests_total{$arm}[$window]))",
    bad: 'sum(increase(http_requests_total{code=~"5..",$arm}[$window]))',
  };
  const services = [{ name: "shop", paths: ["**"], telemetry: { metrics: { "error-rate": metric } } }];
  const gathered = (telemetry?: TelemetrySettings) => ({
    policy: { ...shipped, services: { "schema-version": 1 as const, services } },
    configuration: { "schema-version": 1 as const, ...(telemetry ? { telemetry } : {}) },
    measured: {
      schema_version: 1 as const,
      change: { head: "a".repeat(40) },
      diff: { changed_files: [{ path: "a.ts", status: "modified" as const }] },
    },
  });
  const around = { environment: "production" };

  test("takes traffic and budget from the operator's store, the same for some minutes", async () => {
    const store = await startPrometheus(() => ({ total: 90_000, bad: 36 }));
    const clock = { now: new Date("2026-03-02T10:00:00Z") };
    try {
      const text = `schema-version: 1\nstores: [{ url: "${store.url}", repositories: ["octo-org/*"] }]\n`;
      const read = trafficReader(telemetryOf(await written(text)), () => clock.now);
      const [one, other] = await Promise.all([1, 2].map(() => read("octo-org/shop", gathered(), around)));
      expect(one).toEqual(other);
      expect(one?.given[0]).toMatchObject({
        trusted: true,
        facts: { context: { requests_per_second: 300, error_budget_left_percent: 60 } },
      });
      expect(store.state.asked).toHaveLength(3);
      clock.now = new Date(clock.now.getTime() + 6 * 60_000);
      await read("octo-org/shop", gathered(), around);
      expect(store.state.asked).toHaveLength(6);
    } finally {
      await store.close();
    }
  });

  test("asks anew for another base or other services, and after a read that failed", async () => {
    const store = await startPrometheus(() => ({ total: 90_000, bad: 36 }));
    try {
      const text = `schema-version: 1\nstores: [{ url: "${store.url}", repositories: ["octo-org/*"] }]\n`;
      const read = trafficReader(telemetryOf(await written(text)), () => new Date("2026-03-02T10:00:00Z"));
      const about = gathered();
      const based = (base: string) => ({ ...about.measured, change: { ...about.measured.change, base } });
      const pay = { name: "pay", paths: ["pay/**"], telemetry: services[0]?.telemetry };
      const both = {
        ...about.policy,
        services: { "schema-version": 1 as const, services: [...services, pay] },
      };
      const diff = { changed_files: [{ path: "pay/a.ts", status: "modified" as const }] };
      const one = { ...about, measured: based("b".repeat(40)) };
      store.state.status = 503;
      expect((await read("octo-org/shop", one, around)).given).toEqual([]);
      store.state.status = 200;
      expect((await read("octo-org/shop", one, around)).given).toHaveLength(1);
      const asked = () => store.state.asked.splice(0).length;
      asked();
      await read("octo-org/shop", one, around);
      expect(asked()).toBe(0);
      await read("octo-org/shop", { ...one, measured: based("c".repeat(40)) }, around);
      expect(asked()).toBe(3);
      await read("octo-org/shop", { ...one, policy: both, measured: { ...one.measured, diff } }, around);
      expect(asked()).toBeGreaterThan(0);
    } finally {
      await store.close();
    }
  });

  test("is made without them where there is no store, and where one is not allowed", async () => {
    const now = () => new Date("2026-03-02T10:00:00Z");
    const none = trafficReader(telemetryOf(undefined), now);
    expect(await none("octo-org/shop", gathered(), around)).toEqual({ given: [], problems: [] });
    const told = await none("octo-org/shop", gathered(wanted("http://evil.example.com")), around);
    expect(told).toMatchObject({ given: [], problems: [expect.stringMatching(/does not let/)] });
  });
});
