import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import type { Released } from "../../adapters/github/asking.ts";
import type { Gate } from "./gate.ts";

/**
 * What this App let into an environment itself. GitHub makes a deployment before the gate answers, and anyone who may
 * push can write one: a release is measured from what passed here and was heard to succeed, in whatever mode.
 */
const success = `repository = $1 and environment = $2 and state = 'answered' and answer = 'approved'
  and outcome = 'success'`;

type Place = Pick<Gate, "repository" | "environment">;
const release = z.object({ sha: z.string() });

/** The last release besides this commit; while there is none, the first commit that ever asked. */
export async function releasesBefore(
  database: Queries,
  { repository, environment }: Place,
  head: string,
): Promise<Released> {
  const [last] = await database.query(
    `select sha from gates where ${success} and sha <> $3 order by answered_at desc limit 1`,
    [repository, environment, head],
  );
  if (last) return { last: release.parse(last).sha };
  const [first] = await database.query(
    "select sha from gates where repository = $1 and environment = $2 order by requested_at, deployment_id limit 1",
    [repository, environment],
  );
  return first ? { first: release.parse(first).sha } : {};
}

const trust = z.object({ passed: z.boolean().nullable() });

/**
 * True where this commit is a release of that environment. While there is none, any base is trusted: an environment
 * has to begin somewhere.
 */
export async function isTrustedBase(
  database: Queries,
  { repository, environment, sha }: Place & Pick<Gate, "sha">,
): Promise<boolean> {
  const [row] = await database.query(`select bool_or(sha = $3) as passed from gates where ${success}`, [
    repository,
    environment,
    sha,
  ]);
  return trust.parse(row).passed ?? true;
}
