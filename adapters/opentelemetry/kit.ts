import { setTimeout as sleep } from "node:timers/promises";
import { ROOT_CONTEXT, SpanKind, TraceFlags, type Tracer } from "@opentelemetry/api";
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
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Environment } from "./wanted.ts";

/** Within this the rest is sent at the end, or it is lost: nobody waits for a collector. */
const lastSendMs = 2000;

export type Ids = { traceId: string; spanId: string };
export type Kit = {
  tracer: Tracer;
  /** Whether a trace is kept, which a part of it is told that has not seen its beginning. */
  flagsOf(traceId: string): TraceFlags;
  /** Starts one span with given identities, so that others find it without having seen it. */
  startAs<Result>(ids: Ids, start: () => Result): Result;
  close(): Promise<void>;
};

/**
 * Traces over OTLP, in batches behind the work; what a collector does not take is dropped. Nothing is registered for
 * the whole process, so that Apps beside each other keep their traces apart. Address and headers are read by the
 * exporter itself, the sampler here, because the kit leaves it to its bigger sibling.
 */
export function openKit(environment: Environment, warn: (sentence: string) => void): Kit {
  const sampler = samplerOf(environment);
  const ids = givenIds();
  const provider = new TracerProvider({
    sampler,
    idGenerator: ids.generator,
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "adaptive-deploy" }))
      .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: telling(new OTLPTraceExporter(), warn) })],
  });
  return {
    tracer: provider.getTracer("adaptive-deploy"),
    flagsOf: (traceId) =>
      sampler.shouldSample(ROOT_CONTEXT, traceId, "", SpanKind.INTERNAL, {}, []).decision ===
      SamplingDecision.RECORD_AND_SAMPLED
        ? TraceFlags.SAMPLED
        : TraceFlags.NONE,
    startAs: ids.as,
    async close() {
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, sleep(lastSendMs, undefined, { ref: false })]);
    },
  };
}

/** Random identities, but for the one span that is being started with given ones. */
function givenIds() {
  const random = new RandomIdGenerator();
  let given: Ids | undefined;
  return {
    generator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
    as<Result>(ids: Ids, start: () => Result): Result {
      given = ids;
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
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
