import { createHash } from "node:crypto";
import { type Attributes, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Ids, Kit } from "./kit.ts";
import type { RolloutSpans } from "./rollout-spans.ts";

/** What a rollout is about for a while; `since` where the ledger says it. */
type Part = { name: string; since: string | undefined; attributes: Attributes };
type Begun = Part & { began: string };

/**
 * One trace a rollout, whoever drives it: its name gives the trace, and the ledger the times, so that a run which
 * adopts it goes on below the same span. A part is sent when it is over, and the whole by whoever sees the end.
 */
export function drawRollout(kit: Kit, now: () => string): RolloutSpans {
  let rollout: string | undefined;
  let current: Begun | undefined;
  let isOver = false;

  function draw(state: RolloutState, { name, began, attributes }: Begun, end: string): void {
    const { traceId, spanId } = idsOf(state.plan.rollout);
    const root = { traceId, spanId, traceFlags: kit.flagsOf(traceId), isRemote: true };
    const context = trace.setSpanContext(ROOT_CONTEXT, root);
    const about = { attributes: { ...named(state), ...attributes }, startTime: new Date(began) };
    const span = kit.tracer.startSpan(name, about, context);
    span.end(new Date(end));
  }

  function drawWhole(state: RolloutState, at: string): void {
    const { doing, turned, openedAt, plan } = state;
    const outcome = doing.kind === "ended" ? doing.outcome : "unknown";
    const attributes = { ...named(state), "adaptive_deploy.outcome": outcome };
    const span = kit.startAs(idsOf(plan.rollout), () =>
      kit.tracer.startSpan("rollout", { attributes, startTime: new Date(openedAt) }, ROOT_CONTEXT),
    );
    if (outcome === "rolled-back" && turned?.automatic) {
      span.setAttribute("error.type", turned.code);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(new Date(at));
  }

  return {
    saw(state) {
      if (rollout !== state.plan.rollout) [rollout, current, isOver] = [state.plan.rollout, undefined, false];
      if (isOver) return;
      const { doing } = state;
      const part = partOf(state);
      const end = doing.kind === "ended" ? doing.at : (part?.since ?? now());
      if (current !== undefined && current.name !== part?.name) {
        draw(state, { ...current, attributes: { ...current.attributes, ...found(state, current) } }, end);
        if (part !== undefined) current = { ...part, began: end };
      } else if (part !== undefined && current === undefined)
        current = { ...part, began: part.since ?? now() };
      if (part === undefined) current = undefined;
      if (doing.kind !== "ended") return;
      isOver = true;
      drawWhole(state, doing.at);
    },
    close: () => kit.close(),
  };
}

function partOf({ doing, turned, plan, openedAt, open, reachedAt }: RolloutState): Part | undefined {
  if (doing.kind === "ended") return undefined;
  if (turned !== null) {
    const attributes = {
      "adaptive_deploy.reason_code": turned.code,
      "adaptive_deploy.automatic": turned.automatic,
    };
    return { name: "rollback", since: turned.at, attributes };
  }
  if (doing.kind === "baking") return { name: "bake", since: doing.since, attributes: {} };
  if (doing.kind === "concluding" || (doing.kind === "moving" && doing.effect.kind === "promote"))
    return { name: "promote", since: open?.since, attributes: {} };
  if (doing.step < 0) return { name: "deploy", since: openedAt, attributes: {} };
  const share = plan.steps[doing.step]?.share;
  const reached = reachedAt.find(({ step }) => step === doing.step)?.at;
  const since = doing.kind === "moving" ? open?.since : reached;
  return {
    name: `step ${doing.step + 1}`,
    since,
    attributes: {
      "adaptive_deploy.step": doing.step + 1,
      ...(share === undefined ? {} : { "adaptive_deploy.share": share }),
    },
  };
}

/** What was found out about a step, known only once it is over. */
function found({ verdict }: RolloutState, { attributes }: Part): Attributes {
  if (verdict === null || attributes["adaptive_deploy.step"] !== verdict.step + 1) return {};
  return {
    "adaptive_deploy.verdict": verdict.verdict,
    "adaptive_deploy.reason_code": verdict.reason_code,
  };
}

function named({ plan }: RolloutState): Attributes {
  return {
    "adaptive_deploy.rollout": plan.rollout,
    "adaptive_deploy.service": plan.service,
    "adaptive_deploy.environment": plan.environment,
    "adaptive_deploy.target": plan.target,
    "adaptive_deploy.kind": plan.kind,
    "adaptive_deploy.candidate": plan.candidate.id,
  };
}

function idsOf(rollout: string): Ids {
  const hash = createHash("sha256").update(rollout).digest("hex");
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}
