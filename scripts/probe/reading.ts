import * as z from "zod";
import type { Scratch } from "./scratch.ts";
import type { Row } from "./table.ts";

const answer = z.object({
  repository: z.object({
    head: z.object({ oid: z.string() }).nullable(),
    file: z.object({ oid: z.string() }).nullable(),
    named: z.object({ oid: z.string() }).nullable(),
    none: z.object({ oid: z.string() }).nullable(),
    branch: z.object({ oid: z.string() }).nullable(),
  }),
});

/** What `HEAD:` means in GraphQL: policy is read through it, so that it can only be the default branch's. */
export async function readingRows({ client, place, head, defaultBranch }: Scratch): Promise<Row[]> {
  const { repository } = answer.parse(
    await client.graphql(
      `query ($owner: String!, $repo: String!, $named: String!) {
        repository(owner: $owner, name: $repo) {
          head: object(expression: "HEAD") { oid }
          file: object(expression: "HEAD:README.md") { oid }
          named: object(expression: $named) { oid }
          none: object(expression: "HEAD:.github/there-is-no-such-file.yml") { oid }
          branch: object(expression: "refs/heads/adaptive-deploy-probe/none:README.md") { oid }
        }
      }`,
      { ...place, named: `${defaultBranch}:README.md` },
    ),
  );
  const row = (question: string, expected: string | null, seen: string | null | undefined): Row => ({
    question,
    expected: expected ?? "null",
    seen: seen ?? "null",
    same: expected === (seen ?? null),
  });
  return [
    row("HEAD in an expression is the default branch", head, repository.head?.oid),
    row(
      "HEAD:README.md is the default branch's file",
      repository.named?.oid ?? "a README.md",
      repository.file?.oid,
    ),
    row("HEAD: and a path that is not there is null", null, repository.none?.oid),
    row("a branch that is not there is null, no error", null, repository.branch?.oid),
  ];
}
