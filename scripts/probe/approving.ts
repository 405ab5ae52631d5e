import { verifyApproval } from "../../adapters/github/approvals.ts";
import { anyWriter } from "../../core/approval/asked.ts";
import type { ApprovalPointer } from "../../core/evidence/approvals.ts";
import { answerOf, commitOn, createBranch, type Scratch } from "./scratch.ts";
import type { Row } from "./table.ts";

/**
 * A pull request, its comment and check, and approvals that are asked for again. One token is one person, who wrote the
 * change, so the answers to expect are refusals, each with its own reason.
 */
export async function pullRows(scratch: Scratch): Promise<Row[]> {
  const { client, place, login } = scratch;
  const branch = await createBranch(scratch);
  const head = await commitOn(scratch, branch, scratch.head, "a change");
  const pull = await client.pulls.create({
    ...place,
    title: "Probe of adaptive-deploy",
    head: branch,
    base: scratch.defaultBranch,
  });
  const { number } = pull.data;
  scratch.afterwards(() => client.pulls.update({ ...place, pull_number: number, state: "closed" }));

  const body = `/approve-risk ${head} a probe`;
  const comment = await client.issues.createComment({ ...place, issue_number: number, body });
  const { id } = comment.data;
  const person = comment.data.user?.type === "User";
  scratch.afterwards(() => answerOf(() => client.issues.deleteComment({ ...place, comment_id: id })));
  const pointer = {
    kind: "comment" as const,
    repository: scratch.fullName,
    id,
    pull_request: number,
    head_sha: head,
    environment: "production",
    actor: login.replace(/\[bot\]$/, ""),
  };
  const written = await reasonOf(scratch, pointer, head);
  await client.issues.updateComment({ ...place, comment_id: id, body: `${body} and more` });
  const edited = await reasonOf(scratch, pointer, head);
  const moved = await commitOn(scratch, branch, head, "a push");
  const pushed = await reasonOf(scratch, pointer, moved);
  await client.issues.deleteComment({ ...place, comment_id: id });
  const deleted = await reasonOf(scratch, pointer, head);
  const review = await answerOf(() =>
    client.pulls.createReview({ ...place, pull_number: number, event: "APPROVE", commit_id: moved }),
  );
  const check = await answerOf(() =>
    client.checks.create({
      ...place,
      name: "adaptive-deploy/probe",
      head_sha: moved,
      status: "completed",
      conclusion: "neutral",
      output: { title: "Probe", summary: "Written by scripts/probe-github.ts." },
    }),
  );
  // The login of an App ends in [bot], which no pointer can name.
  const none = person ? "" : "wrong-actor";
  const row = (question: string, expected: string, seen: string): Row => ({
    question,
    expected,
    seen,
    same: expected === seen,
  });
  return [
    row("an approval by the change's author does not count", none || "actor-is-author", written),
    row("an approval that was edited does not count", none || "edited", edited),
    row("an approval of another head does not count", "other-head", pushed),
    row("an approval that was deleted does not count", "not-found", deleted),
    row("nobody approves a pull request of their own", "422", review),
    row("a check run is for Apps and job tokens only", person ? "403" : "done", check),
  ];
}

async function reasonOf(scratch: Scratch, pointer: ApprovalPointer, headSha: string): Promise<string> {
  const verified = await verifyApproval(scratch.client, pointer, {
    repository: scratch.fullName,
    headSha,
    environment: "production",
    now: new Date(),
    asked: [anyWriter],
    defaultEnvironment: "production",
  });
  return verified.valid ? "counts" : verified.reason;
}
