import type { Git } from "../open.ts";

export type LineCommit = { commit: string; parents: string[] };

/** The first-parent line of a commit, oldest first. */
export async function firstParents(git: Git, head: string): Promise<LineCommit[]> {
  const answer = await git.answer(["rev-list", "--first-parent", "--reverse", "--parents", head, "--"]);
  return answer.stdout.split("\n").flatMap((text) => {
    const [commit, ...parents] = text.split(" ");
    return commit ? [{ commit, parents }] : [];
  });
}
