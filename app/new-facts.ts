import { randomUUID } from "node:crypto";
import * as z from "zod";
import { ownerAndRepo } from "../adapters/github/full-name.ts";
import { statusOf } from "../adapters/github/status.ts";
import { wakeGates } from "./gates/wake.ts";
import type { Delivery } from "./inbox/store.ts";
import { lookAgain } from "./look-again.ts";
import type { Work } from "./ports.ts";

/** What was measured for a commit has come: whatever waits for that commit is looked at again. */
export type NewFacts = { installation: number; repository: string; sha: string };

/**
 * A delivery of our own, stored together with the facts, so that neither stands without the other. Of several that
 * wait in the commit's lane the last one speaks for all.
 */
export function newFactsDelivery({ installation, repository, sha }: NewFacts): Delivery {
  return {
    id: `facts-${randomUUID()}`,
    event: "timer",
    address: {
      action: "facts",
      installation,
      repository,
      lane: `${repository.toLowerCase()}@${sha}`,
    },
    payload: JSON.stringify({ kind: "facts", repository, sha }),
  };
}

/** Each in its own lane: a push to the pull request, or an answer to the gate, may be under way there. */
export async function onNewFacts(
  { repository, sha }: { repository: string; sha: string },
  work: Work,
): Promise<void> {
  for (const number of await openPullsOf(repository, sha, work))
    await lookAgain({ repository, number, why: `facts ${sha}` }, work.now, work);
  await wakeGates(repository, work, { sha });
}

const pull = z.object({
  state: z.string(),
  head: z.object({ sha: z.string() }),
  base: z.object({ repo: z.object({ full_name: z.string() }) }),
});
const listed = z.array(pull.extend({ number: z.int().positive() }));
const mostAsked = 20;

/**
 * Open pull requests of this repository whose head is this commit. GitHub lists none that comes from a fork, so those
 * that were decided on this commit, and those that an event names, are asked for by their numbers.
 */
export async function openPullsOf(
  repository: string,
  sha: string,
  work: Work,
  named: readonly number[] = [],
): Promise<number[]> {
  const isOpenHere = ({ state, head, base }: z.infer<typeof pull>): boolean =>
    state === "open" && head.sha === sha && base.repo.full_name.toLowerCase() === repository.toLowerCase();
  const { owner, repo } = ownerAndRepo(repository);
  const [found, decided] = await Promise.all([
    known(() =>
      work.client.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
        ...{ owner, repo, commit_sha: sha, per_page: 100 },
      }),
    ),
    decidedPullsOf(repository, sha, work),
  ]);
  const pulls = found ? listed.parse(found.data) : [];
  const asked = new Set(
    [...named, ...decided].filter((number) => !pulls.some((one) => one.number === number)),
  );
  const answers = await Promise.all(
    [...asked].slice(0, mostAsked).map(async (number) => {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
      const answer = await known(() => work.client.request(route, { owner, repo, pull_number: number }));
      return answer && isOpenHere(pull.parse(answer.data)) ? [number] : [];
    }),
  );
  return [...pulls.filter(isOpenHere).map(({ number }) => number), ...answers.flat()];
}

const decidedPull = z.object({ pull_request: z.int() });

/** Pull requests that were decided on with this commit as their head. */
export async function decidedPullsOf(repository: string, sha: string, { database }: Work): Promise<number[]> {
  const rows = await database.query(
    "select distinct pull_request from decisions where repository = $1 and head = $2 and pull_request is not null",
    [repository, sha],
  );
  return rows.map((row) => decidedPull.parse(row).pull_request);
}

/** Whoever may send facts may send them of a commit that is nowhere. */
async function known<Answer>(request: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request();
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 422) return undefined;
    throw error;
  }
}
