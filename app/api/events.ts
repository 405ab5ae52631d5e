import * as z from "zod";
import { retry } from "../../adapters/ledgers/record-decision.ts";
import { appendWithRetry, record } from "../../core/evidence/append.ts";
import { eventKinds, type LedgerEvent, type NewEvent } from "../../core/evidence/event.ts";
import { requireStream } from "../../core/evidence/stream.ts";
import type { Ledger } from "../../core/ports.ts";
import { requireEnvironment } from "./decisions.ts";
import { Problem } from "./problem.ts";
import { requireRolloutForm } from "./rollout-events.ts";
import { type Asked, permitted, posting, requireTrusted } from "./route.ts";
import { repositoryName, storedEvent } from "./shapes.ts";

const eventRequest = z.strictObject({
  repository: repositoryName,
  stream: z.string().describe("changes, or <environment>/<service>."),
  kind: z
    .enum(eventKinds)
    .describe(
      "Of a rollout: lease, rollout, intent, result, verdict, command, observation, quarantine, notice, outcome or feedback. Others are refused.",
    ),
  body: z.record(z.string(), z.unknown()),
});

type Kind = z.infer<typeof eventRequest>["kind"];
/** What a rollout itself notes down. Anything else, whatever kinds come later, is not taken. */
const ofARollout: readonly Kind[] = [
  "lease",
  "rollout",
  "intent",
  "result",
  "verdict",
  "command",
  "observation",
  "quarantine",
  "notice",
  "outcome",
  "feedback",
];

/** Nobody approves or holds through the API: that is a comment or a review that GitHub shows with its author. */
export function refuseKinds(kinds: readonly Kind[], also: readonly Kind[] = []): void {
  const kind = kinds.find((one) => !ofARollout.includes(one) && !also.includes(one));
  if (kind === undefined) return;
  const remedy =
    kind === "decision"
      ? "Ask for a decision with POST /v1/decisions, and the App records it."
      : "A person approves, revokes or holds on GitHub, with a command on the pull request, and the App writes the event.";
  throw new Problem(
    403,
    "event-kind-refused",
    `An event of the kind "${kind}" is not taken here. ${remedy} Taken are: ${[...ofARollout, ...also].join(", ")}.`,
  );
}

/** What a driver of a rollout writes: only the job that drives says so, and its workflow is told by its own token. */
const ofARun: readonly Kind[] = [
  "lease",
  "rollout",
  "intent",
  "result",
  "verdict",
  "observation",
  "notice",
  "outcome",
];

function requireRun({ caller }: Asked, kind: Kind): void {
  if (caller.claims !== undefined || !ofARun.includes(kind)) return;
  throw new Problem(
    403,
    "event-kind-refused",
    `An event of the kind "${kind}" is taken from a job of GitHub Actions alone, by its OIDC token (permissions: id-token: write). A service token says command, quarantine and feedback.`,
  );
}

/** The stream's environment has to be the token's, where the token names one. */
export function requireStreamOf(asked: Asked, stream: string): void {
  const name = requireStream(stream);
  if (name.kind === "service") requireEnvironment(asked, name.environment);
}

export const eventRoute = posting({
  path: "/v1/events",
  summary: "Appends one event to the ledger, whatever stands before it.",
  scope: "events:write",
  body: eventRequest,
  status: 201,
  answer: storedEvent,
  async run(asked, { repository: name, stream, kind, body }) {
    const { options, caller, attempt } = asked;
    refuseKinds([kind]);
    requireRun(asked, kind);
    const repository = await permitted(asked, name);
    requireTrusted(asked, repository);
    requireStreamOf(asked, stream);
    const event = {
      ...{ kind, body, actor: caller.actor, at: options.now().toISOString() },
      nonce: attempt.nonce,
    };
    const ledger = options.ledger(repository.name);
    await requireRolloutForm({ kind, body }, stream, repository.name, ledger, caller);
    const stored = attempt.again
      ? await recordMissing(ledger, stream, event)
      : (await record(ledger, stream, [event], retry))[0];
    await options.written(repository, stream, [event]);
    return stored;
  },
});

/** The attempt before this one may have ended between the ledger and its answer. */
async function recordMissing(
  ledger: Ledger,
  stream: string,
  event: NewEvent,
): Promise<LedgerEvent | undefined> {
  const written = (events: readonly LedgerEvent[]) => events.find(({ nonce }) => nonce === event.nonce);
  const build = ({ events }: { events: readonly LedgerEvent[] }) => (written(events) ? [] : [event]);
  const { chain, appended } = await appendWithRetry(ledger, stream, build, retry);
  return appended[0] ?? written(chain.events);
}
