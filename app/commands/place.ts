import * as z from "zod";
import { ask } from "../../adapters/github/client.ts";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import { type Gathered, gather } from "../../adapters/github/gather.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import { type Asked, askedOf } from "../../core/approval/asked.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { DecisionBody } from "../../core/decision/shape.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { decideGathered } from "../decide-gathered.ts";
import { givenFacts } from "../kept-facts.ts";
import type { Work } from "../ports.ts";
import { scoredOwners } from "../standing.ts";
import type { Said } from "./event.ts";

const pull = z.looseObject({
  state: z.string(),
  merged_at: z.string().nullish(),
  user: z.looseObject({ login: z.string() }).nullish(),
  head: z.looseObject({
    sha: z.string(),
    ref: z.string(),
    repo: z.looseObject({ full_name: z.string() }).nullish(),
  }),
  base: z.looseObject({ ref: z.string(), repo: z.unknown() }),
});
export type Pull = z.infer<typeof pull>;

/** The pull request as GitHub has it while a command is handled, and the policy that speaks for it. */
export type Place = {
  subject: Subject;
  pull: Pull;
  gathered: Gathered;
  /** Environment that a command means where it names none. */
  environment: string;
  /** What policy asks for the change in one environment. */
  askedFor(environment: string): Promise<{ body: DecisionBody; facts: ChangeFacts; asked: Asked[] }>;
};

/** Undefined where the repository was never configured: the App then says and keeps nothing. */
export async function placeOf(
  said: Pick<Said, "repository" | "owner" | "name" | "number">,
  work: Work,
): Promise<Place | undefined> {
  const { owner, name: repo, number } = said;
  const { data } = await ask(`#${number} of ${said.repository}`, () =>
    work.client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
      owner,
      repo,
      pull_number: number,
    }),
  );
  const found = pull.parse(data);
  const subject = subjectOfEvent("pull_request", { repository: found.base.repo, pull_request: data });
  const gathered = await gather(work.client, subject, { now: work.now, comment: false });
  if (!gathered.configured) return undefined;
  const { configuration, policy } = gathered;
  const owners = scoredOwners(gathered);
  return {
    subject,
    pull: found,
    gathered,
    environment: configuration.environment ?? defaultEnvironment,
    askedFor: async (environment) => {
      const given = await givenFacts(work.database, said.repository, subject.head);
      const traffic = await work.traffic?.(said.repository, gathered, { environment });
      const told = [...(traffic?.given ?? []), ...given];
      const { body, facts } = decideGathered(gathered, told, { environment, now: work.now });
      return { body, facts, asked: askedOf(body, policy, owners) };
    },
  };
}
