import * as z from "zod";
import { subjectOfEvent } from "../adapters/github/event.ts";
import type { Decision } from "../core/decision/shape.ts";
import { type Decided, decideChange } from "./decide-change.ts";
import type { Work } from "./ports.ts";
import { isQuiet } from "./quiet.ts";

const found = z.looseObject({
  state: z.string(),
  base: z.looseObject({ repo: z.unknown() }),
  labels: z.array(z.object({ name: z.string() })).nullish(),
});

/** Decides on a pull request as GitHub has it now, and tells: something else than a push made that necessary. */
export async function redecideAndTell(
  repository: string,
  number: number,
  work: Work,
  tell: (decision: Decision) => void,
): Promise<void> {
  const decided = await redecide(repository, number, work);
  if (decided) tell(decided.decision);
}

export async function redecide(repository: string, number: number, work: Work): Promise<Decided | undefined> {
  const [owner = "", repo = ""] = repository.split("/");
  const parameters = { owner, repo, pull_number: number };
  const { data } = await work.client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", parameters);
  const pull = found.parse(data);
  if (pull.state !== "open") return undefined;
  const subject = subjectOfEvent("pull_request", { repository: pull.base.repo, pull_request: pull });
  return decideChange(subject, work, { quiet: isQuiet(pull.labels) });
}
