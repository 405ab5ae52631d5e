import * as z from "zod";
import { isApproved } from "../../core/decision/envelope.ts";
import type { DecisionBody, ReasonCode } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { type Hold, holdOf } from "../../core/evidence/holds.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { optional } from "../../core/optional.ts";
import type { Chain, Ledger } from "../../core/ports.ts";
import { streamsOf } from "../ledgers/record-decision.ts";
import { ask, type GitHubClient } from "./client.ts";
import { pullsOfGroup } from "./queued.ts";
import type { Standing } from "./standing-approvals.ts";
import type { Subject } from "./subject.ts";
import { retryAfterMs } from "./transient.ts";

/** What one look at ledger and GitHub found, while somebody waits for an approval. */
export type Look = {
  standing: Standing;
  /** Enough people approve, nobody holds the change, and nothing that has to be known is unknown. */
  mayGo: boolean;
  /** The decision is of the past, and no approval of it can come any more. */
  ended?: { reason: ReasonCode; sentence: string };
  hold?: Hold;
  /** What could not be asked, each a sentence. */
  faults: string[];
  /** How long GitHub wants to be left alone. */
  retryAfterMs?: number;
};

export type Looking = {
  client: GitHubClient;
  ledger: Ledger;
  /** True for a ledger that nobody but the App writes. */
  trustedLedger: boolean;
  subject: Subject;
  body: DecisionBody;
  /** The approvals that count now, each asked of GitHub again. */
  standing(ledger: Ledger): Promise<Standing>;
};

/**
 * Looks again and again at little cost: one question for the pull request and one for the head of each stream. Only
 * where a stream has grown, or an answer was missing, is the ledger read and every approval asked for again.
 */
export function approvalLooks(looking: Looking): () => Promise<Look> {
  const { client, ledger, subject, body } = looking;
  let before: { heads: string; standing: Standing; hold?: Hold } | undefined;
  return async () => {
    const faults: Fault[] = [];
    const [pull, heads] = await Promise.all([
      known(() => pullNow(client, subject), faults),
      known(() => headsOf(ledger, subject, body), faults),
    ]);
    const ended = pull ? endOf(pull, subject) : undefined;
    const isOld = heads === undefined || heads !== before?.heads || before.standing.isIncomplete;
    // What lets a change go is asked for at that moment; what a merge group carries over is more than the ledger says.
    const isAsked = before && isApproved(body, before.standing.approvals);
    if ((isOld || isAsked || subject.kind === "group") && !ended) {
      const read = await known(() => readOnce(looking), faults);
      if (read) before = { heads: heads ?? "", ...read };
      else before = undefined;
    }
    const { standing, hold } = before ?? { standing: { approvals: [], refused: [], problems: [] } };
    const after = Math.max(0, ...faults.map(({ afterMs }) => afterMs));
    return {
      standing,
      mayGo: !ended && !hold && faults.length === 0 && isApproved(body, standing.approvals),
      ...optional("ended", ended),
      ...optional("hold", hold),
      faults: faults.map(({ sentence }) => sentence),
      ...(after > 0 ? { retryAfterMs: after } : {}),
    };
  };
}

type Fault = { sentence: string; afterMs: number };

/** A fault is noted and waited out; what is no fault of GitHub's, the ledger's or the user's is a bug. */
async function known<Answer>(work: () => Promise<Answer>, faults: Fault[]): Promise<Answer | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    faults.push({ sentence: error.message, afterMs: retryAfterMs(error) ?? 0 });
    return undefined;
  }
}

const pullAnswer = z.object({
  state: z.string(),
  head: z.object({ sha: z.string() }),
  base: z.object({ ref: z.string() }),
});
type Pull = z.infer<typeof pullAnswer>;

/** Null where the subject is no pull request's. */
async function pullNow(client: GitHubClient, subject: Subject): Promise<Pull | null> {
  const { owner, name: repo, pullRequest } = subject;
  if (!pullRequest) return null;
  return ask(`#${pullRequest.number} of ${owner}/${repo} (pull-requests: read)`, async () => {
    const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
    const { data } = await client.request(route, { owner, repo, pull_number: pullRequest.number });
    return pullAnswer.parse(data);
  });
}

function endOf({ state, head, base }: Pull, subject: Subject): Look["ended"] {
  const number = `#${subject.pullRequest?.number}`;
  if (state !== "open") {
    return {
      reason: "pull-request-closed",
      sentence: `${number} is closed, so nobody approves it any more.`,
    };
  }
  if (head.sha !== subject.head) {
    return {
      reason: "head-moved",
      sentence: `The head of ${number} is ${head.sha} now, and not ${subject.head}: its own run decides.`,
    };
  }
  if (base.ref !== subject.baseBranch) {
    return {
      reason: "base-changed",
      sentence: `${number} goes into ${base.ref} now, and not into ${subject.baseBranch}. Run the job again.`,
    };
  }
  return undefined;
}

/** Approvals lie in the decision's own streams, or carry over from the changes; holds lie among the changes. */
async function headsOf(ledger: Ledger, { kind }: Subject, body: DecisionBody): Promise<string> {
  const streams = new Set([...(kind === "release" ? [] : [changesStream]), ...streamsOf(body)]);
  return JSON.stringify(await Promise.all([...streams].map((stream) => ledger.head(stream))));
}

async function readOnce(looking: Looking): Promise<{ standing: Standing; hold?: Hold }> {
  const { ledger, subject, trustedLedger } = looking;
  const chains = new Map<string, Promise<Chain>>();
  const once: Ledger = {
    ...ledger,
    read: (stream) => {
      const chain = chains.get(stream) ?? ledger.read(stream);
      chains.set(stream, chain);
      return chain;
    },
  };
  const standing = await looking.standing(once);
  const { pullRequest, kind } = subject;
  if (!pullRequest && kind !== "group") return { standing };
  const { events } = await once.read(changesStream);
  if (!events.some((event) => event.kind === "hold")) return { standing };
  const repository = `${subject.owner}/${subject.name}`;
  const numbers = pullRequest ? [pullRequest.number] : await pullsOfGroup(looking.client, subject);
  const holds = [...numbers].flatMap(
    (number) => holdOf(events, { repository, pull_request: number }, { trusted: trustedLedger }) ?? [],
  );
  return { standing, ...optional("hold", holds[0]) };
}
