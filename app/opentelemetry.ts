import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { exitCodes, UserError } from "../core/errors.ts";
import type { SpanAbout, Traces } from "./traces.ts";

type Environment = Record<string, string | undefined>;

/** Within this the rest is sent at the end, or it is lost: nobody waits for a collector. */
const lastSendMs = 2000;

/**
 * Traces over OTLP, in batches behind the work; what a collector does not take is dropped. Nothing is registered for
 * the whole process, so that Apps beside each other keep their traces apart. Address and headers are read by the
 * exporter itself, the sampler here, because the kit leaves it to its bigger sibling.
 */
export function openTelemetry(environment: Environment, warn: (sentence: string) => void): Traces {
  const sampler = samplerOf(environment);
  const ids = deliveryIds();
  const provider = new TracerProvider({
    sampler,
    idGenerator: ids.generator,
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "adaptive-deploy" }))
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: telling(new OTLPTraceExporter(), warn) })],
  });
  const tracer = provider.getTracer("adaptive-deploy");
  const contexts = new AsyncLocalStorageContextManager();

  const isSampled = (traceId: string): boolean =>
    sampler.shouldSample(ROOT_CONTEXT, traceId, "delivery", SpanKind.CONSUMER, {}, []).decision ===
    SamplingDecision.RECORD_AND_SAMPLED;

  function above({ delivery, traceparent }: SpanAbout): Context {
    if (delivery?.part === "receipt") return ROOT_CONTEXT;
    if (delivery) {
      const { traceId, spanId } = idsOf(delivery.id);
      const traceFlags = isSampled(traceId) ? TraceFlags.SAMPLED : TraceFlags.NONE;
      return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
    }
    const [, traceId = "", spanId = "", flags = ""] = traceparentForm.exec(traceparent ?? "") ?? [];
    if (traceId === "") return contexts.active();
    const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  }

  return {
    async span(name, act, about = {}) {
      const context = above(about);
      const { kind, attributes = {}, since, delivery } = about;
      const start = () =>
        tracer.startSpan(
          name,
          {
            kind: kinds[kind ?? "internal"],
            attributes,
            ...(since === undefined ? {} : { startTime: since }),
          },
          context,
        );
      const span = delivery?.part === "receipt" ? ids.as(idsOf(delivery.id), start) : start();
      try {
        const within = () => act((more) => void span.setAttributes(more));
        return await contexts.with(trace.setSpan(context, span), within);
      } catch (error) {
        span.setAttribute("error.type", kindOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    async close() {
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, sleep(lastSendMs, undefined, { ref: false })]);
    },
  };
}

const traceparentForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
};

/** The name of a delivery gives its trace, so that no column is needed to find it again after a restart. */
function idsOf(delivery: string): { traceId: string; spanId: string } {
  const hash = createHash("sha256").update(delivery).digest("hex");
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** Random identities, but for the one span that is being started with given ones. */
function deliveryIds() {
  const random = new RandomIdGenerator();
  let given: { traceId: string; spanId: string } | undefined;
  return {
    generator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
    as<Result>(ids: { traceId: string; spanId: string }, start: () => Result): Result {
      given = ids;
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
}

/** A reason code of ours, or what kind of error it was: its message may hold somebody's words. */
function kindOf(error: unknown): string {
  if (error instanceof UserError) return error.reasonCode;
  return error instanceof Error ? error.name : "unknown";
}

/** Says once that the collector is away, and nothing more until it was back. */
function telling(exporter: SpanExporter, warn: (sentence: string) => void): SpanExporter {
  let isAway = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !isAway) warn("The collector does not take the traces; until it does, they are lost.");
        isAway = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

function samplerOf({
  OTEL_TRACES_SAMPLER: name = "parentbased_always_on",
  OTEL_TRACES_SAMPLER_ARG: argument = "1",
}: Environment): Sampler {
  const ratio = Number(argument);
  const roots: Record<string, Sampler> = {
    always_on: new AlwaysOnSampler(),
    always_off: new AlwaysOffSampler(),
    traceidratio: new TraceIdRatioBasedSampler(ratio),
  };
  const [, based, rootName = ""] = /^(parentbased_)?(.*)$/.exec(name) ?? [];
  const root = Object.hasOwn(roots, rootName) ? roots[rootName] : undefined;
  if (root && ratio >= 0 && ratio <= 1) return based ? new ParentBasedSampler({ root }) : root;
  const allowed = Object.keys(roots).flatMap((one) => [one, `parentbased_${one}`]);
  throw new UserError(
    "not-configured",
    `OTEL_TRACES_SAMPLER is one of ${allowed.join(", ")}, and OTEL_TRACES_SAMPLER_ARG a number from 0 to 1.`,
    exitCodes.usage,
  );
}
