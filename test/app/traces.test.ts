import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { wantsTraces } from "../../adapters/opentelemetry/wanted.ts";
import { openTelemetry } from "../../app/opentelemetry.ts";
import { noTraces, openTraces } from "../../app/traces.ts";
import { UserError } from "../../core/errors.ts";
import { place, secret, startTestApp, type TestApp } from "./app.ts";
import { type Collector, type ReceivedSpan, startCollector } from "./collector.ts";

const consumer = 5;
const client = 3;
const asker = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

describe("the App with a collector", () => {
  let collector: Collector;
  let app: TestApp;
  let logged = "";
  beforeAll(async () => {
    collector = await startCollector();
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer collector-key");
    vi.stubEnv("OTEL_SERVICE_NAME", "risk-app");
    app = await startTestApp({ configuration: { traces: true } });
    await app.deliver("high", { id: delivery });
    await app.decided(1);
    logged = await (
      await fetch(`${app.app.url}/v1/decisions/none`, {
        headers: { traceparent: `00-${asker.traceId}-${asker.spanId}-01` },
      })
    ).text();
    await app.close();
    await collector.close();
  });
  afterAll(() => vi.unstubAllEnvs());

  const called = (name: string): ReceivedSpan => {
    const found = collector.spans.filter((one) => one.name === name);
    expect(found, `one span called ${name}`).toHaveLength(1);
    return found[0] ?? expect.unreachable();
  };
  const below = (parent: ReceivedSpan): string[] =>
    collector.spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId).map(({ name }) => name);

  test("sends what a delivery went through, down to GitHub, all in one trace", () => {
    const receive = called("receive");
    expect(receive.parentSpanId).toBeUndefined();
    expect(below(receive).sort()).toEqual(["handle", "store", "verify"]);
    const handle = called("handle");
    expect(handle.kind).toBe(consumer);
    expect(handle.attributes).toMatchObject({
      "adaptive_deploy.delivery": delivery,
      "adaptive_deploy.event": "pull_request",
      "adaptive_deploy.action": "opened",
      "adaptive_deploy.attempt": 1,
    });
    expect(handle.attributes["adaptive_deploy.waited_seconds"]).toBeGreaterThanOrEqual(0);
    expect(below(handle).filter((name) => !name.includes("/"))).toEqual([
      "gather",
      "decide",
      "standing",
      "publish",
      "record",
    ]);
    const own = collector.spans.filter(({ traceId }) => traceId === handle.traceId);
    expect(own.length).toBeGreaterThan(8);
    expect(new Set(own.map(({ service }) => service))).toEqual(new Set(["risk-app"]));
    expect(collector.authorizations).toContain("Bearer collector-key");
  });

  test("shows the two round trips: reads below gather, writes below publish", () => {
    const reads = below(called("gather"));
    const writes = below(called("publish"));
    expect(reads).toContain("POST /graphql");
    expect(writes.sort()).toEqual([
      "POST /repos/{owner}/{repo}/check-runs",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    ]);
    const write = called("POST /repos/{owner}/{repo}/check-runs");
    expect(write.kind).toBe(client);
    expect(write.attributes).toMatchObject({
      "http.request.method": "POST",
      "url.template": "/repos/{owner}/{repo}/check-runs",
      "http.response.status_code": 201,
    });
    expect(write.startTimeUnixNano).toBeGreaterThanOrEqual(called("gather").endTimeUnixNano);
    expect(write.endTimeUnixNano).toBeGreaterThanOrEqual(write.startTimeUnixNano);
  });

  test("puts a request to the API below whoever asked", () => {
    expect(logged).not.toBe("");
    const asked = called("GET /v1/decisions/{id}");
    expect(asked).toMatchObject({ traceId: asker.traceId, parentSpanId: asker.spanId });
    expect(asked.attributes).toMatchObject({ "http.response.status_code": 401 });
  });

  test("tells nobody's words, names or secrets", () => {
    const pull = app.github.repository(place).pulls.get(app.sample.pulls.high.number);
    const sent = collector.bodies.join("\n");
    expect(sent.length).toBeGreaterThan(1000);
    for (const word of [pull?.title, pull?.headRef, place, secret, app.sample.pulls.high.author])
      expect(sent).not.toContain(word ?? expect.unreachable());
    expect(sent).not.toMatch(/gh[a-z]_|token /);
  });
});

describe("a collector that is away", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("is said once, and holds up nothing", async () => {
    const gone = await startCollector();
    await gone.close();
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", gone.url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "100");
    const warnings: string[] = [];
    const traces = await openTraces(true, (sentence) => warnings.push(sentence));
    expect(await traces.span("one", async () => 7)).toBe(7);
    const began = performance.now();
    await traces.close();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(warnings).toEqual(["The collector does not take the traces; until it does, they are lost."]);
  });

  test("or takes connections and never answers: the App works and closes", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    if (address === null || typeof address === "string") throw new TypeError("No port.");
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${address.port}`);
    try {
      const app = await startTestApp({ configuration: { traces: true } });
      expect(await app.deliver("low")).toBe(202);
      await app.decided(1);
      await app.close();
      expect(app.github.violations()).toEqual([]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});

describe("a span", () => {
  const within = async (
    act: (traces: ReturnType<typeof openTelemetry>) => Promise<unknown>,
    environment: Record<string, string> = {},
  ): Promise<ReceivedSpan[]> => {
    const collector = await startCollector();
    vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", `${collector.url}/v1/traces`);
    try {
      const traces = openTelemetry(environment, () => undefined);
      await act(traces);
      await traces.close();
      return collector.spans;
    } finally {
      vi.unstubAllEnvs();
      await collector.close();
    }
  };

  test("of what failed says which kind of failure, never its words", async () => {
    const spans = await within(async ({ span }) => {
      const fail = (error: unknown) => () => Promise.reject(error);
      await span("one", fail(new TypeError("hush"))).catch(() => undefined);
      await span("two", fail(new UserError("rate-limit", "hush"))).catch(() => undefined);
    });
    expect(spans.map((one) => one.attributes["error.type"])).toEqual(["TypeError", "rate-limit"]);
    for (const { status } of spans) expect(status).toEqual({ code: 2 });
  });

  test("of the rest of a delivery finds its receipt after a restart, beside others at work", async () => {
    const about = (part: "receipt" | "rest", id: string) => ({ delivery: { id, part } });
    const before = await within(({ span }) => span("receive", async () => undefined, about("receipt", "a")));
    const after = await within(({ span }) =>
      Promise.all(
        ["a", "b"].map((id) =>
          span("handle", () => span(`below ${id}`, async () => undefined), about("rest", id)),
        ),
      ),
    );
    const ofA = after.filter(({ traceId }) => traceId === before[0]?.traceId);
    expect(ofA.map(({ name }) => name).sort()).toEqual(["below a", "handle"]);
    expect(ofA.find(({ name }) => name === "handle")?.parentSpanId).toBe(before[0]?.spanId);
    expect(after).toHaveLength(4);
  });

  test("is sampled as OTEL_TRACES_SAMPLER says, a delivery whole or not at all", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `delivery ${index}`);
    const deliveries = async ({ span }: ReturnType<typeof openTelemetry>) => {
      for (const id of ids) {
        await span("receive", async () => undefined, { delivery: { id, part: "receipt" } });
        await span("handle", async () => undefined, { delivery: { id, part: "rest" } });
      }
    };
    expect(await within(deliveries, { OTEL_TRACES_SAMPLER: "always_off" })).toEqual([]);
    const half = await within(deliveries, {
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
    });
    const traces = Map.groupBy(half, ({ traceId }) => traceId);
    expect(traces.size).toBeGreaterThan(10);
    expect(traces.size).toBeLessThan(50);
    for (const spans of traces.values()) expect(spans).toHaveLength(2);
  });

  test.each([{ OTEL_TRACES_SAMPLER: "some" }, { OTEL_TRACES_SAMPLER_ARG: "2" }])(
    "needs a sampler that there is: %o",
    (environment) => {
      expect(() => openTelemetry(environment, () => undefined)).toThrow(/always_on, parentbased_always_on/);
    },
  );
});

describe("traces are on", () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
  test.each([
    [endpoint, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }, true],
    [{}, false],
    [{ ...endpoint, OTEL_SDK_DISABLED: "true" }, false],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: "none" }, false],
  ])("by OpenTelemetry's own variables: %o", (environment, wanted) => {
    expect(wantsTraces(environment)).toBe(wanted);
  });

  test("and where they are not, nothing is loaded", async () => {
    expect(await openTraces(false, () => undefined)).toBe(noTraces);
  });
});
