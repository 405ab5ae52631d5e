import * as z from "zod";
import { subjectOfEvent } from "../adapters/github/event.ts";
import { ownerAndRepo } from "../adapters/github/full-name.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { type Decided, decideChange } from "./decide-change.ts";
import { lookAgain } from "./look-again.ts";
import type { Tell, Work } from "./ports.ts";
import { isQuiet } from "./quiet.ts";

const found = z.looseObject({
  state: z.string(),
  updated_at: z.string().optional(),
  head: z.looseObject({ sha: z.string() }),
  base: z.looseObject({ ref: z.string(), repo: z.unknown() }),
  labels: z.array(z.object({ name: z.string() })).nullish(),
});

/** Decides on a pull request as GitHub has it now, and tells: something else than a push made that necessary. */
export async function redecideAndTell(
  repository: string,
  number: number,
  work: Work,
  tell: Tell,
): Promise<void> {
  const decided = await redecide(repository, number, work);
  if (decided) tell(decided.decision);
}

/** What an event said of a pull request, which GitHub's answer may not show yet. */
export type Heard = { head: string; base: string; at: string };

/** Reads may lag behind the event that told of a push: what is older than the event is asked for again, shortly. */
const soonMs = 10_000;

export async function redecide(
  repository: string,
  number: number,
  work: Work,
  heard?: Heard,
): Promise<Decided | undefined> {
  const { owner, repo } = ownerAndRepo(repository);
  const parameters = { owner, repo, pull_number: number };
  const { data } = await work.client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", parameters);
  const pull = found.parse(data);
  if (heard && (pull.head.sha !== heard.head || pull.base.ref !== heard.base)) {
    const later = Date.parse(heard.at) - Date.parse(pull.updated_at ?? heard.at);
    if (later > 0) throw laggard(repository, number, heard.head);
    // Times have whole seconds: in the same one either may have come first.
    if (later === 0) {
      const why = `${heard.head} unseen`;
      await lookAgain({ repository, number, why }, new Date(work.now.getTime() + soonMs), work);
    }
  }
  if (pull.state !== "open") return undefined;
  const subject = subjectOfEvent("pull_request", { repository: pull.base.repo, pull_request: pull });
  const decided = await decideChange(subject, work, { quiet: isQuiet(pull.labels) });
  // Two answers of GitHub's that differ: which one is old is seen when it is asked again.
  if (decided?.gathered.moved) throw laggard(repository, number, subject.head);
  return decided;
}

function laggard(repository: string, number: number, head: string): UserError {
  return new UserError(
    "github-unavailable",
    `GitHub does not show ${head.slice(0, 12)} as the head of ${repository}#${number} yet. It is asked again shortly.`,
    exitCodes.unavailable,
  );
}
