import { createHash } from "node:crypto";
import { shippedBundle } from "../../../../adapters/policy/shipped.ts";
import type { ModelAnswer } from "../../../../core/decision/shape.ts";
import { openChain, seal } from "../../../../core/evidence/chain.ts";
import type { NewEvent } from "../../../../core/evidence/event.ts";
import { writeLine } from "../../../../core/evidence/line.ts";
import { changesStream, serviceStream } from "../../../../core/evidence/stream.ts";
import type { ModelRules, PolicyBundle } from "../../../../core/policy/schema.ts";
import type { Chain } from "../../../../core/ports.ts";
import { madeModel } from "../../../made-model.ts";
import { story } from "../../rollout/story.ts";

/** Releases over weeks, each decided before it was rolled out, as the ledger has them. */

export const ends = ["well", "failed", "pending", "disputed", "shared-fault", "unrelated", "young"] as const;
export type Told = {
  day: number;
  ends: (typeof ends)[number];
  /** Points of the weights; an approval is asked for from 85 on. */
  points: number;
  /** Absent: the model said nothing. Rank 98 and more asks for an approval. */
  model?: { probability: number; rank: number; version?: string };
  service?: string;
  environment?: string;
  commit?: string;
};

/** The first day, and the end of the season: what is told of its last three days is too young to count. */
export const firstDay = Date.parse("2026-03-01T10:00:00Z") / 1000;
export const day = 86_400;
export const seasonEnd = firstDay + 300 * day;
const storyBegins = Date.parse("2026-11-21T10:00:00Z") / 1000;

export const versionOfPolicy = madeModel().version;

export function policyWith(model: ModelRules = {}, trained: Record<string, unknown> = {}): PolicyBundle {
  const shipped = shippedBundle("default");
  const defaults = { ...shipped.thresholds.defaults, model };
  return {
    ...shipped,
    thresholds: { ...shipped.thresholds, defaults },
    model: { ...madeModel({ trained }), version: versionOfPolicy },
  };
}

const hex = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function eventsOf(told: Told, number: number): { stream: string; events: NewEvent[] } {
  const { service = "shop", environment = "production", points, model } = told;
  const name = `${environment}/${service}/${number}`;
  const commit = told.commit ?? hex(`commit ${name}`, 40);
  const decision = `dec_${hex(`decision ${name}`, 12)}`;
  const at = told.ends === "young" ? seasonEnd - day : firstDay + told.day * day + number;
  const said: Pick<ModelAnswer, "state" | "scale" | "spoke" | "heuristic_score"> &
    Pick<ModelAnswer, "version" | "probability" | "rank"> = {
    ...{ state: "shadow", scale: "rank", spoke: model !== undefined, heuristic_score: points },
    ...(model
      ? {
          version: model.version ?? versionOfPolicy,
          probability: model.probability,
          rank: { percent: model.rank, changes: 400 },
        }
      : {}),
  };
  const answer = { risk_score: points, model: said };
  const body = {
    ...{ decision_id: decision, subject: { kind: "release", head: commit }, environment },
    ...{ ...answer, services: [{ name: service, ...answer }] },
  };
  const rollout = `ro_${hex(`rollout ${name}`, 12)}`;
  const tale = story({
    ...{ rollout, decision_id: decision, commit, service, environment },
    candidate: { id: `${service}-v${number}` },
  });
  tale.events.push({
    ...{ kind: "rollout", at: tale.at(), actor: "run" },
    body: { rollout, plan: tale.state.plan },
  });
  tell(tale.later(60), told.ends);
  const rest = tale.events.map((event): NewEvent => {
    const moved = iso(Date.parse(event.at) / 1000 - storyBegins + at);
    const isAbort = event.kind === "command" && event.body.command === "abort";
    const reason = isAbort ? { reason: "Unrelated: the network was down." } : {};
    return {
      kind: event.kind,
      at: moved,
      actor: event.actor,
      nonce: nonce(),
      body: { ...event.body, ...reason },
    };
  });
  const decided: NewEvent = { kind: "decision", at: iso(at - 600), actor: "ada", nonce: nonce(), body };
  return { stream: serviceStream(environment, service), events: [decided, ...rest] };
}

let count = 0;
function nonce(): string {
  count += 1;
  return `nonce-of-season-${count}`;
}

function tell(tale: ReturnType<typeof story>, end: Told["ends"]): unknown {
  const watched = tale.does(2);
  if (end === "pending") return watched;
  if (end === "failed") return watched.verdict("rollback", 0, "evidence-of-harm").does().concludes();
  if (end === "disputed")
    return watched.verdict("rollback", 0, "evidence-of-harm").does().concludes().says("overrule");
  if (end === "shared-fault") return watched.verdict("rollback", 0, "shared-fault").does().concludes();
  if (end === "unrelated") return watched.says("abort").does().concludes();
  return watched.verdict("promote").does().verdict("promote").does().concludes();
}

/** What `/risk wrong` writes. */
export function feedback(reason: string, more: Record<string, unknown> = {}): NewEvent {
  return {
    ...{ kind: "feedback", at: iso(firstDay + day), actor: "maria", nonce: nonce() },
    body: {
      ...{ verdict: "wrong", reason, repository: "octo-org/shop", pull_request: 7, comment: 42 },
      ...{ head_sha: "1".repeat(40), decision: "dec_1", risk_score: 91, ...more },
    },
  };
}

/** Streams with all that was told, each release behind the one before. */
export function streamsOf(season: readonly Told[], said: readonly NewEvent[] = []): Map<string, NewEvent[]> {
  const streams = new Map<string, NewEvent[]>(said.length ? [[changesStream, [...said]]] : []);
  for (const [number, told] of [...season].sort((one, other) => one.day - other.day).entries()) {
    const { stream, events } = eventsOf(told, number);
    streams.set(stream, [...(streams.get(stream) ?? []), ...events]);
  }
  return streams;
}

export function chainsOf(season: readonly Told[], said: readonly NewEvent[] = []): Chain[] {
  return [...streamsOf(season, said)].map(([stream, events]) => {
    const text = seal(stream, null, events).map(writeLine).join("\n");
    return openChain(stream, [{ first: 0, where: "season", text: `${text}\n` }]);
  });
}
