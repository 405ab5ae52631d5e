import * as z from "zod";
import { ask } from "../adapters/github/client.ts";
import { lastQueuedOf, queueBaseOf } from "../adapters/github/event.ts";
import { ownerAndName } from "../adapters/github/full-name.ts";
import { pullsOfGroup } from "../adapters/github/queued.ts";
import { decideChange } from "./decide-change.ts";
import type { Tell, Work } from "./ports.ts";

const refs = z.array(z.object({ ref: z.string(), object: z.object({ sha: z.string() }) }));
const kept = z.object({
  head: z.string(),
  subject: z.object({ base: z.string() }),
});
const mostGroups = 50;

/**
 * What is said on a pull request holds for the merge groups that wait with it. GitHub names those that are there still
 * by their branches; each is looked at again in its own lane.
 */
export async function wakeGroups(repository: string, number: number, work: Work): Promise<void> {
  const rows = await work.database.query(
    `select distinct on (head) head, document->'subject' as subject from decisions
     where repository = $1 and pull_request is null and document->'subject'->>'kind' = 'group' and decided_at > $2
     order by head, decided_at desc`,
    [repository, new Date(work.now.getTime() - longestQueuedMs)],
  );
  if (rows.length === 0) return;
  const { owner, name } = ownerAndName(repository);
  const { data } = await ask(`the merge groups of ${repository}`, () =>
    work.client.request("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", {
      ...{ owner, repo: name, ref: "heads/gh-readonly-queue/" },
    }),
  );
  const alive = new Map(refs.parse(data).map(({ ref, object }) => [object.sha, ref]));
  const groups = rows.map((row) => kept.parse(row)).filter(({ head }) => alive.has(head));
  for (const { head, subject } of groups.slice(0, mostGroups)) {
    const ref = alive.get(head) ?? "";
    const lastQueued = lastQueuedOf(ref);
    const about = {
      owner,
      name,
      head,
      base: subject.base,
      ...(lastQueued === undefined ? {} : { lastQueued }),
    };
    if (!(await pullsOfGroup(work.client, about)).has(number)) continue;
    const payload = {
      kind: "group" as const,
      repository,
      head,
      base: subject.base,
      ref,
    };
    const lane = `${repository.toLowerCase()}@${head}`;
    const key = `group ${repository} ${head}`;
    await work.later({ key, lane, installation: work.installation, payload }, work.now);
  }
}

/** GitHub lets a group wait for its checks for six hours at most. */
const longestQueuedMs = 24 * 3_600_000;

export const groupPayload = z.looseObject({
  kind: z.literal("group"),
  repository: z.string(),
  head: z.string(),
  base: z.string(),
  ref: z.string(),
});

export async function redecideGroup(
  { repository, head, base, ref }: z.infer<typeof groupPayload>,
  work: Work,
  tell: Tell,
): Promise<void> {
  const { owner, name } = ownerAndName(repository);
  const lastQueued = lastQueuedOf(ref);
  const { data } = await ask(repository, () =>
    work.client.request("GET /repos/{owner}/{repo}", { owner, repo: name }),
  );
  const { default_branch: defaultBranch } = z.object({ default_branch: z.string() }).parse(data);
  const decided = await decideChange(
    {
      ...{
        kind: "group",
        owner,
        name,
        base,
        head,
        baseBranch: queueBaseOf(ref) ?? defaultBranch,
        defaultBranch,
        title: "",
      },
      ...{ authorIsBot: false, readOnly: false, fromFork: false, trustedRun: false },
      ...(lastQueued === undefined ? {} : { lastQueued }),
    },
    work,
  );
  if (decided) tell(decided.decision);
}
