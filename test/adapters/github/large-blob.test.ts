import { expect, test } from "vitest";
import type { GitHubClient } from "../../../adapters/github/client.ts";
import { readHeadText } from "../../../adapters/github/head-policy.ts";
import { wholeText } from "../../../adapters/github/large-blob.ts";

const place = { owner: "acme", name: "shop", head: "f".repeat(40) };
const path = ".github/adaptive-deploy/model.json";
const long = "x".repeat(600_000);

/** Answers as GitHub does of a file that GraphQL cuts off; counts how often the whole is asked for. */
function recording(oid: string): { client: GitHubClient; asked(): number } {
  let asked = 0;
  const path0 = { oid, text: long.slice(0, 512_000), byteSize: long.length, isTruncated: true };
  const client: GitHubClient = {
    graphql: async () => ({ repository: { path0 } }),
    request: async () => {
      asked += 1;
      return { data: { content: Buffer.from(long).toString("base64") } };
    },
  };
  return { client, asked: () => asked };
}

test("a trusted text is asked for once", async () => {
  const { client, asked } = recording("a");
  const blob = { owner: "acme", name: "shop", oid: "a", path };
  expect(await wholeText(client, blob)).toBe(long);
  expect(await wholeText(client, blob)).toBe(long);
  expect(asked()).toBe(1);
});

test("one of a pull request's head is not kept", async () => {
  const { client, asked } = recording("b");
  for (const _ of [1, 2]) expect((await readHeadText(client, place, [path])).texts.get(path)).toBe(long);
  expect(asked()).toBe(2);
});
