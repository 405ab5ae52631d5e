import type { LedgerEvent } from "../../core/evidence/event.ts";
import { gitIn } from "./git.ts";
import { must, treeWith } from "./git-tree.ts";
import { messageFor } from "./message.ts";

export type Committer = { name: string; email: string };

const ourselves: Committer = { name: "adaptive-deploy", email: "adaptive-deploy@localhost" };

/** Writes the objects of one append and gives the commit's id; no branch points to it yet. */
export async function writeCommit(
  repository: string,
  parent: string | null,
  content: { first: number; text: string; events: LedgerEvent[] },
  committer: Committer = ourselves,
): Promise<string> {
  const git = gitIn(repository, {
    GIT_AUTHOR_NAME: committer.name,
    GIT_AUTHOR_EMAIL: committer.email,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  });
  const tree = await treeWith(git, parent, content.first, content.text);
  const { headline, body } = messageFor(content.events);
  const parents = parent === null ? [] : ["-p", parent];
  const made = await must(git, ["commit-tree", tree, ...parents], `${headline}\n\n${body}\n`);
  return made.stdout.toString().trim();
}
