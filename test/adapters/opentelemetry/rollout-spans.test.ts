import { afterEach, describe, expect, test, vi } from "vitest";
import { rolloutSpans } from "../../../adapters/opentelemetry/rollout-spans.ts";
import { type Collector, type ReceivedSpan, startCollector } from "../../app/collector.ts";
import { story } from "../../core/rollout/story.ts";

afterEach(() => vi.unstubAllEnvs());

/** What a collector gets of a story. */
async function received(tell: (collector: Collector) => Promise<unknown>): Promise<ReceivedSpan[]> {
  const collector = await startCollector();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  try {
    await tell(collector);
    return collector.spans;
  } finally {
    await collector.close();
  }
}
const open = (tale: ReturnType<typeof story>, warnings: string[] = []) =>
  rolloutSpans(process.env, { now: tale.at, warn: (sentence) => warnings.push(sentence) });
const seconds = ({ startTimeUnixNano, endTimeUnixNano }: ReceivedSpan): number =>
  Number(endTimeUnixNano - startTimeUnixNano) / 1e9;
const byName = (spans: ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.filter((span) => span.name === name);
  expect(found, `one span called ${name}`).toHaveLength(1);
  return found[0] ?? expect.unreachable();
};

describe("the spans of a rollout", () => {
  test("are its parts below one, with the verdict of each step", async () => {
    const tale = story({ bake_seconds: 60 });
    const spans = await received(async () => {
      const seen = await open(tale);
      const look = () => seen.saw(tale.state);
      look();
      tale.later(5).does();
      look();
      tale.later(5).does();
      look();
      tale.later(60).verdict("promote");
      look();
      tale.later(5).does();
      look();
      tale.later(60).verdict("promote");
      look();
      tale.later(60);
      tale.begins();
      look();
      tale.later(2).ends();
      look();
      seen.saw(tale.concludes().state);
      await seen.close();
    });
    expect(spans.map(({ name }) => name)).toEqual([
      "deploy",
      "step 1",
      "step 2",
      "bake",
      "promote",
      "rollout",
    ]);
    const whole = byName(spans, "rollout");
    expect(whole.parentSpanId).toBeUndefined();
    expect(whole.attributes).toMatchObject({
      "adaptive_deploy.outcome": "completed",
      "adaptive_deploy.service": tale.state.plan.service,
      "adaptive_deploy.candidate": "v2",
    });
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    for (const span of spans.slice(0, -1)) expect(span.parentSpanId).toBe(whole.spanId);
    expect(byName(spans, "step 1").attributes).toMatchObject({
      "adaptive_deploy.share": 10,
      "adaptive_deploy.verdict": "promote",
    });
    expect(spans.map(seconds)).toEqual([5, 65, 65, 60, 2, 197]);
  });

  test("have a way back of their own, and say that it was one", async () => {
    const tale = story();
    const spans = await received(async () => {
      const seen = await open(tale);
      seen.saw(tale.does(2).state);
      seen.saw(tale.later(30).verdict("rollback").state);
      tale.later(4).does();
      seen.saw(tale.concludes().state);
      await seen.close();
    });
    expect(spans.map(({ name }) => name)).toEqual(["step 1", "rollback", "rollout"]);
    expect(byName(spans, "rollback").attributes).toMatchObject({
      "adaptive_deploy.reason_code": "because",
      "adaptive_deploy.automatic": true,
    });
    expect(seconds(byName(spans, "rollback"))).toBe(4);
    expect(byName(spans, "rollout")).toMatchObject({
      status: { code: 2 },
      attributes: { "error.type": "because", "adaptive_deploy.outcome": "rolled-back" },
    });
  });

  test("go on below the same one where another run adopts it", async () => {
    const tale = story();
    const spans = await received(async () => {
      const first = await open(tale);
      first.saw(tale.state);
      first.saw(tale.later(5).does().state);
      await first.close();
      tale.later(5).does();
      const second = await open(tale);
      second.saw(tale.later(20).state);
      second.saw(tale.later(30).verdict("rollback").state);
      second.saw(tale.does().concludes().state);
      await second.close();
    });
    expect(spans.map(({ name }) => name)).toEqual(["deploy", "step 1", "rollback", "rollout"]);
    expect(seconds(byName(spans, "step 1"))).toBe(50);
    const { spanId, traceId } = byName(spans, "rollout");
    expect(byName(spans, "deploy")).toMatchObject({ parentSpanId: spanId, traceId });
  });

  test("are lost where the collector is away, which is said once", async () => {
    const gone = await startCollector();
    await gone.close();
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", gone.url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "100");
    const tale = story();
    const warnings: string[] = [];
    const seen = await open(tale, warnings);
    seen.saw(tale.state);
    seen.saw(tale.does(2).state);
    await seen.close();
    expect(warnings).toEqual(["The collector does not take the traces; until it does, they are lost."]);
  });

  test("cost nothing where no collector is named", async () => {
    const tale = story();
    const [one, other] = await Promise.all(
      [{}, { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }].map(
        (environment) => rolloutSpans(environment, { now: tale.at, warn: () => undefined }),
      ),
    );
    expect(one).toBe(other);
    one?.saw(tale.state);
    await one?.close();
  });
});
