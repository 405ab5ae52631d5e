import { createHash } from "node:crypto";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type Ids, openKit } from "../adapters/opentelemetry/kit.ts";
import type { Environment } from "../adapters/opentelemetry/wanted.ts";
import { UserError } from "../core/errors.ts";
import type { SpanAbout, Traces } from "./traces.ts";

/** Spans of what the App does, below each other as the work is; see adapters/opentelemetry/kit.ts for how they go out. */
export function openTelemetry(environment: Environment, warn: (sentence: string) => void): Traces {
  const { tracer, flagsOf, startAs, close } = openKit(environment, warn);
  const contexts = new AsyncLocalStorageContextManager();

  function above({ delivery, traceparent }: SpanAbout): Context {
    if (delivery?.part === "receipt") return ROOT_CONTEXT;
    if (delivery) {
      const { traceId, spanId } = idsOf(delivery.id);
      const traceFlags = flagsOf(traceId);
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
      const span = delivery?.part === "receipt" ? startAs(idsOf(delivery.id), start) : start();
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
    close,
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
function idsOf(delivery: string): Ids {
  const hash = createHash("sha256").update(delivery).digest("hex");
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** A reason code of ours, or what kind of error it was: its message may hold somebody's words. */
function kindOf(error: unknown): string {
  if (error instanceof UserError) return error.reasonCode;
  return error instanceof Error ? error.name : "unknown";
}
