import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shippedBundle } from "../../adapters/policy/shipped.ts";
import { prometheus } from "../../adapters/telemetry/prometheus.ts";
import type { Buckets } from "../../core/analysis/measurements.ts";
import { fill, templatesOf } from "../../core/analysis/queries.ts";
import { metricsOf, placeOf } from "../../core/analysis/service-metrics.ts";
import type { Telemetry, TelemetryQuestion } from "../../core/ports.ts";
import { freePort, startPrometheus, startTarget, stopped } from "./prometheus-server.ts";

/** The real Prometheus, scraping two real processes, of which one dies and starts anew in the middle. */

const window = 4;
const windows = 5;
let server: Awaited<ReturnType<typeof startPrometheus>>;
let telemetry: Telemetry;
let lastEnd = 0;
const targets: ChildProcess[] = [];

beforeAll(async () => {
  const [stable, fresh] = [await freePort(), await freePort()];
  targets.push(startTarget(stable, 1), startTarget(fresh, 3));
  await sleep(500);
  server = await startPrometheus([
    { port: stable, version: "1.0" },
    { port: fresh, version: "2.0" },
  ]);
  telemetry = prometheus({ url: server.url, proxy: null });
  await scraped();
  await sleep(11_000);
  for (const target of targets.splice(1)) await stopped(target);
  targets.push(startTarget(fresh, 3));
  await sleep(11_000);
  lastEnd = Math.floor(Date.now() / 1000);
});

afterAll(async () => {
  for (const target of targets) await stopped(target);
  await server.stop();
});

/** A fresh Prometheus takes some seconds to look at its targets for the first time. */
async function scraped(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const now = Math.floor(Date.now() / 1000);
    const question = { ...asked("sum(up)"), firstEnd: now, lastEnd: now };
    if ((await telemetry.read(question)).values[0] === 4) return;
    await sleep(200);
  }
  throw new Error("Prometheus did not scrape its targets");
}

const asked = (query: string, form: TelemetryQuestion["form"] = "value"): TelemetryQuestion => ({
  name: "question",
  query: query.replaceAll("$window", `${window}s`),
  form,
  firstEnd: lastEnd - (windows - 1) * window,
  lastEnd,
  stepSeconds: window,
});

const requests = (version: string, code = ""): string =>
  `sum(increase(http_requests_total{version="${version}"${code === "" ? "" : `,code="${code}"`}}[$window]))`;

async function shares(version: string): Promise<number[]> {
  const [bad, total] = await Promise.all([
    telemetry.read(asked(requests(version, "500"))),
    telemetry.read(asked(requests(version))),
  ]);
  return total.values.map((value, at) => (bad.values[at] ?? Number.NaN) / (value ?? Number.NaN));
}

describe("counters", () => {
  it("count what happened in each window", async () => {
    const { values, partial } = await telemetry.read(asked(requests("1.0")));
    expect(partial).toBe(false);
    expect(values).toHaveLength(windows);
    for (const value of values) {
      expect(value).toBeGreaterThan(0.7 * 100 * window);
      expect(value).toBeLessThan(1.3 * 100 * window);
    }
  });

  it("give the share that failed exactly, also across a restart that set them to zero", async () => {
    for (const share of await shares("1.0")) expect(share).toBeCloseTo(1 / 20, 9);
    const fresh = await shares("2.0");
    for (const share of fresh) expect(share).toBeCloseTo(3 / 20, 1);
    expect(fresh.filter((share) => Math.abs(share - 3 / 20) < 1e-9).length).toBeGreaterThanOrEqual(3);
    const { values } = await telemetry.read(asked(requests("2.0")));
    for (const value of values) expect(value).toBeLessThan(1.3 * 100 * window);
  });

  it("count a series from zero that is new, where increase() misses its first events", async () => {
    const arm = { name: "baseline", variables: { version: "1.0" } } as const;
    const filling = { place: "late", declared: {}, given: {}, arms: { both: { version: "$version" } } };
    const read = async (template: string) => {
      const { values } = await telemetry.read(asked(fill(template, filling, arm, window)));
      return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    };
    expect(await read("sum(increase(late_total{$arm}[$window]))")).toBe(0);
    expect(await read("sum($increase(late_total{$arm}))")).toBe(5);
    const [own, ours] = [
      await read('sum(increase(http_requests_total{code="500",$arm}[$window]))'),
      await read('sum($increase(http_requests_total{code="500",$arm}))'),
    ];
    expect(ours).toBeCloseTo(own, 9);
  });

  it("that nobody has are null, never zero", async () => {
    const { values } = await telemetry.read(asked(requests("3.0")));
    expect(values).toEqual(new Array(windows).fill(null));
  });

  it("before anything was stored are null, and a single window is asked at one moment", async () => {
    const long = lastEnd - 3600;
    const before = { ...asked(requests("1.0")), firstEnd: long, lastEnd: long };
    expect((await telemetry.read(before)).values).toEqual([null]);
    const now = { ...asked(requests("1.0")), firstEnd: lastEnd };
    const range = await telemetry.read(asked(requests("1.0")));
    expect((await telemetry.read(now)).values).toEqual([range.values.at(-1)]);
  });
});

/** Half of the events up to 0.1, two fifths up to 0.5, none up to 1, a tenth above. */
function partOf({ bounds, counts }: Buckets, from: number, to: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const inside = counts.filter((_, at) => {
    const [low, high] = [bounds[at - 1] ?? Number.NEGATIVE_INFINITY, bounds[at] ?? Number.POSITIVE_INFINITY];
    return low >= from && high <= to;
  });
  return inside.reduce((sum, count) => sum + count, 0) / total;
}

describe.each([
  ["classic", 'sum by (le) (increase(http_request_duration_seconds_bucket{version="$v"}[$window]))'],
  ["native", 'sum(increase(native_request_duration_seconds{version="$v"}[$window]))'],
  [
    "classic, new series counted",
    'sum by (le) ($increase(http_request_duration_seconds_bucket{version="$v"}))',
  ],
  ["native, new series counted", 'sum($increase(native_request_duration_seconds{version="$v"}))'],
])("%s histograms", (kind, template) => {
  it.each(["1.0", "2.0"])("are counts between edges: version %s", async (version) => {
    const filling = { place: kind, declared: {}, given: {}, arms: {} };
    const written = template.replace("$v", version);
    const query = fill(written, filling, { name: "candidate", variables: {} }, window);
    const { buckets, values } = await telemetry.read(asked(query, "buckets"));
    expect(values).toEqual([]);
    expect(buckets).toHaveLength(windows);
    for (const one of buckets) {
      if (one === null) throw new Error("a window without buckets");
      expect(one.counts).toHaveLength(one.bounds.length + 1);
      const total = one.counts.reduce((sum, count) => sum + count, 0);
      expect(total).toBeGreaterThan(version === "1.0" ? 0.7 * 100 * window : 0);
      expect(total).toBeLessThan(1.3 * 100 * window);
      expect(partOf(one, Number.NEGATIVE_INFINITY, 0.1)).toBeCloseTo(0.5, 6);
      expect(partOf(one, 0.1, 0.5)).toBeCloseTo(0.4, 6);
      const above = kind.startsWith("classic") ? Number.POSITIVE_INFINITY : 2;
      expect(partOf(one, 0.5, above)).toBeCloseTo(0.1, 6);
    }
  });
});

describe("the shipped templates", () => {
  const sets = Object.entries(shippedBundle("default").queries?.sets ?? {});
  const examples: Record<string, string> = { name: "some_metric", number: "1", pattern: 'a"|5..' };
  const value = (form: string | undefined): string => examples[form ?? "text"] ?? 'a"b\\c.*';

  it.each(sets)("%s are PromQL that Prometheus takes, for both arms", async (name, set) => {
    const variables = Object.entries(set.variables ?? {});
    const given = variables.map(([variable, { form }]): [string, string] => [variable, value(form)]);
    const { metrics, faults } = metricsOf(
      { sets: [name], variables: Object.fromEntries(given) },
      { "schema-version": 1, sets: { [name]: set } },
    );
    expect(faults).toEqual([]);
    for (const arm of ["baseline", "candidate"] as const)
      for (const one of metrics)
        for (const [part, template] of templatesOf(one.metric)) {
          const known = { version: '2.0"}', hash: "7d9f", instances: ["a:1", "b|c"] };
          const place = placeOf(one, part);
          const query = fill(template, { ...one.filling, place }, { name: arm, variables: known }, window);
          const { values, buckets } = await telemetry.read(
            asked(query, part === "buckets" ? "buckets" : "value"),
          );
          expect([...values, ...buckets], query).toEqual(new Array(windows).fill(null));
        }
  });

  it("measure the service that runs here", async () => {
    const { metrics } = metricsOf(
      { sets: ["red-http"], variables: { job: "shop" } },
      shippedBundle("default").queries,
    );
    const read = async (name: string, part: string, version: string) => {
      const one = metrics.find((metric) => metric.name === name);
      const template = templatesOf(one?.metric ?? { kind: "gauge", value: "" }).find(
        ([asked]) => asked === part,
      )?.[1];
      if (one === undefined || template === undefined) throw new Error(`no ${name}.${part}`);
      const arm = { name: "candidate", variables: { version } } as const;
      const query = fill(template, { ...one.filling, place: part }, arm, window);
      return telemetry.read(asked(query, part === "buckets" ? "buckets" : "value"));
    };
    const [total, bad] = [await read("error-rate", "total", "1.0"), await read("error-rate", "bad", "1.0")];
    for (const [at, value] of bad.values.entries())
      expect((value ?? 0) / (total.values[at] ?? 0)).toBeCloseTo(1 / 20, 9);
    for (const one of (await read("latency-p95", "buckets", "1.0")).buckets)
      expect(one?.bounds).toEqual([0.1, 0.5, 1]);
    expect((await read("error-rate", "bad", "3.0")).values).toEqual(new Array(windows).fill(null));
  });

  it("count no errors as zero where there is traffic, and know nothing where there is none", async () => {
    const or = (code: string, version: string) =>
      `sum(increase(http_requests_total{version="${version}",code="${code}"}[$window])) or 0 * ${requests(version)}`;
    expect((await telemetry.read(asked(or("404", "1.0")))).values).toEqual(new Array(windows).fill(0));
    expect((await telemetry.read(asked(or("404", "3.0")))).values).toEqual(new Array(windows).fill(null));
  });
});

describe("what the store itself refuses", () => {
  it("is said with the place in the query", async () => {
    await expect(telemetry.read(asked("sum(increase(http_requests_total[$window])"))).rejects.toMatchObject({
      reasonCode: "telemetry-bad-query",
      message: expect.stringMatching(/answered 400 \(bad_data: .*parse error.*unclosed left parenthesis/),
    });
  });

  it("and what cannot be one number names the labels", async () => {
    await expect(telemetry.read(asked("increase(http_requests_total[$window])"))).rejects.toMatchObject({
      reasonCode: "telemetry-several-series",
      message: expect.stringMatching(/4 series, which differ in code, instance, version\./),
    });
  });

  it("asks for more windows than one answer may hold in parts", async () => {
    const many = 12_000;
    const question = { ...asked(requests("1.0")), stepSeconds: 1, firstEnd: lastEnd - (many - 1) };
    const { values } = await telemetry.read(question);
    expect(values).toHaveLength(many);
    expect(values[0]).toBeNull();
    expect(values.at(-1)).toBeGreaterThan(0);
  });

  it("tells how long it keeps what it has", async () => {
    expect(await telemetry.retentionSeconds()).toBe(2 * 86_400);
  });
});
