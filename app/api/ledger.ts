import * as z from "zod";
import type { LedgerEvent, NewEvent } from "../../core/evidence/event.ts";
import { faultKinds } from "../../core/evidence/fault.ts";
import type { Ledger } from "../../core/ports.ts";
import { refuseKinds, requireStreamOf } from "./events.ts";
import { Problem } from "./problem.ts";
import { requireRolloutForm } from "./rollout-events.ts";
import { type Asked, permitted, posting, type Route, requireTrusted } from "./route.ts";
import { head, newEvent, storedEvent } from "./shapes.ts";

const path = "/v1/ledger/{owner}/{repo}";
const chainAnswer = z.strictObject({
  stream: z.string(),
  events: z.array(storedEvent),
  head,
  fault: z
    .strictObject({
      stream: z.string(),
      sequence: z.int(),
      kind: z.enum(faultKinds),
      where: z.string(),
      sentence: z.string(),
    })
    .optional()
    .describe("The first thing wrong with the chain; the events are those before it."),
  unverified: z
    .array(storedEvent)
    .optional()
    .describe("What stands at the fault and behind it and can be read; believe none of it."),
});

async function ledgerOf(asked: Asked) {
  const { owner = "", repo = "", stream = "" } = asked.parameters;
  const repository = await permitted(asked, `${owner}/${repo}`);
  return { repository, ledger: asked.options.ledger(repository.name), stream };
}

const listStreams: Route = {
  method: "GET",
  path: `${path}/streams`,
  summary: "Every stream that holds events.",
  scope: "ledger:read",
  status: 200,
  answer: z.strictObject({ streams: z.array(z.string()) }),
  async run(asked) {
    const { ledger } = await ledgerOf(asked);
    return { streams: await ledger.streams() };
  },
};

const readHead: Route = {
  method: "GET",
  path: `${path}/{stream}/head`,
  summary: "The last event of a stream, which costs the same however long the stream is.",
  scope: "ledger:read",
  status: 200,
  answer: z.strictObject({ head }),
  refusals: [409],
  async run(asked) {
    const { ledger, stream } = await ledgerOf(asked);
    return { head: await ledger.head(stream) };
  },
};

const readStream: Route = {
  method: "GET",
  path: `${path}/{stream}`,
  summary: "The chain of a stream; the stream's name is one part of the path, with / written as %2F.",
  scope: "ledger:read",
  status: 200,
  answer: chainAnswer,
  async run(asked) {
    const { ledger, stream } = await ledgerOf(asked);
    return await ledger.read(stream);
  },
};

const append = posting({
  path: `${path}/{stream}`,
  summary: "Appends behind the head that the caller has seen; 409 head-moved where another came first.",
  scope: "ledger:write",
  body: z.strictObject({ expected: head, events: z.array(newEvent).min(1).max(1000) }),
  limitBytes: 5 * 1024 * 1024,
  status: 201,
  answer: z.strictObject({ events: z.array(storedEvent) }),
  refusals: [409],
  async run(asked, { expected, events }) {
    refuseKinds(
      events.map(({ kind }) => kind),
      ["decision"],
    );
    const { repository, ledger, stream } = await ledgerOf(asked);
    requireTrusted(asked, repository);
    requireStreamOf(asked, stream);
    requireOwnActor(
      asked,
      events.map(({ actor }) => actor),
    );
    for (const event of events)
      await requireRolloutForm(event, stream, repository.name, ledger, asked.caller);
    const before = asked.attempt.again ? await writtenBefore(ledger, stream, events) : undefined;
    const stored = before ?? (await ledger.append(stream, events, expected));
    await asked.options.written(repository, stream, events);
    return { events: stored };
  },
});

/** An attempt before this one may have ended between the ledger and its answer: its own events are no other writer's. */
async function writtenBefore(
  ledger: Ledger,
  stream: string,
  events: readonly NewEvent[],
): Promise<LedgerEvent[] | undefined> {
  const { events: all } = await ledger.read(stream);
  const first = all.findIndex(({ nonce }) => nonce === events[0]?.nonce);
  const written = first < 0 ? [] : all.slice(first, first + events.length);
  const isWhole =
    written.length === events.length && written.every(({ nonce }, index) => nonce === events[index]?.nonce);
  return isWhole ? written : undefined;
}

/** A job writes as the person that GitHub says started it. */
function requireOwnActor({ caller }: Asked, actors: readonly string[]): void {
  const other = caller.claims && actors.find((actor) => actor.toLowerCase() !== caller.actor.toLowerCase());
  if (other === undefined) return;
  throw new Problem(
    403,
    "other-actor",
    `The token is of a run that ${caller.actor} started, and an event names another actor. Write the run's own actor.`,
  );
}

export const ledgerRoutes = [listStreams, readHead, readStream, append];
