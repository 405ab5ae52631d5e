import { answerOf, commitOn, createBranch, headOf, type Scratch } from "./scratch.ts";
import type { Row } from "./table.ts";

/** What the ledger on a branch rests on. */
export async function ledgerRows(scratch: Scratch): Promise<Row[]> {
  return [...(await commitRows(scratch)), ...(await refRows(scratch))];
}

function row(question: string, expected: string, seen: string): Row {
  return { question, expected, seen, same: expected === seen };
}

async function commitRows(scratch: Scratch): Promise<Row[]> {
  const branch = await createBranch(scratch);
  const first = await commitOn(scratch, branch, scratch.head, "first");
  const stale = await answerOf(() => commitOn(scratch, branch, scratch.head, "stale"));
  const after = await headOf(scratch, branch);
  const race = await Promise.all(
    ["left", "right"].map((text) => answerOf(() => commitOn(scratch, branch, first, text))),
  );
  const missing = scratch.branchName();
  return [
    row("createCommitOnBranch with a stale head is refused", "STALE_DATA", stale),
    row("… and the branch stays where it was", first, after ?? "gone"),
    row("of two commits on one head one lands", "1 of 2", `${landed(race)} of 2`),
    row(
      "createCommitOnBranch makes no branch",
      "refused",
      (await answerOf(() => commitOn(scratch, missing, scratch.head, "x"))) === "done" ? "made" : "refused",
    ),
  ];
}

async function refRows(scratch: Scratch): Promise<Row[]> {
  const { client, place } = scratch;
  const create = (branch: string, sha: string) =>
    answerOf(() => client.git.createRef({ ...place, ref: `refs/heads/${branch}`, sha }));
  const orphan = async (text: string): Promise<string> => {
    const entry = { path: "probe.txt", mode: "100644" as const, type: "blob" as const, content: text };
    const tree = await client.git.createTree({ ...place, tree: [entry] });
    const made = await client.git.createCommit({
      ...place,
      message: `Probe ${text} [skip ci]`,
      tree: tree.data.sha,
      parents: [],
    });
    return made.data.sha;
  };
  const [left, right] = [await orphan("left"), await orphan("right")];
  const [branch, contested] = [scratch.branchName(), scratch.branchName()];
  const first = await create(branch, left);
  const second = await create(branch, right);
  const race = await Promise.all([create(contested, left), create(contested, right)]);
  return [
    row("a branch may begin with a commit without parents", "done", first),
    row("creating a ref that exists is refused", "422", second),
    row("… and the ref stays where it was", left, (await headOf(scratch, branch)) ?? "gone"),
    row("of two that create one ref one wins", "1 of 2", `${landed(race)} of 2`),
  ];
}

function landed(answers: string[]): number {
  return answers.filter((answer) => answer === "done").length;
}
