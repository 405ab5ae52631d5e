import { expect, test } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { unobserved } from "../../app/observer.ts";
import { workFor } from "../../app/work.ts";

test("after its lane was lost a handler may read at GitHub and write nothing more, over REST or GraphQL", async () => {
  const asked: string[] = [];
  const note = async (what: string) => {
    asked.push(what);
    return { data: null };
  };
  const lane = new AbortController();
  const unused = () => Promise.reject(new Error("The database is not asked."));
  const database: Database = {
    kind: "pglite",
    query: unused,
    transaction: unused,
    tryLock: unused,
    close: unused,
  };
  const { client } = await workFor(
    {
      database,
      clientOf: async () => ({ request: note, graphql: note }),
      timers: { later: async () => undefined, stop: async () => undefined },
      now: () => new Date(),
      warn: () => undefined,
      observer: unobserved,
    },
    1,
    lane.signal,
  );
  const mutation = "mutation Refresh($input: CreateCommitOnBranchInput!) { done }";
  await client.request("POST /repos/{owner}/{repo}/check-runs");
  await client.graphql(mutation);
  lane.abort(new Error("lost"));
  await expect(client.request("POST /repos/{owner}/{repo}/check-runs")).rejects.toThrow("lost");
  await expect(client.graphql(`\n  ${mutation}`)).rejects.toThrow("lost");
  await client.request("GET /repos/{owner}/{repo}");
  await client.graphql("query Policy { repository }");
  expect(asked).toEqual([
    "POST /repos/{owner}/{repo}/check-runs",
    mutation,
    "GET /repos/{owner}/{repo}",
    "query Policy { repository }",
  ]);
});
