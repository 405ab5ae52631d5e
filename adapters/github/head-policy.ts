import * as z from "zod";
import { isModelFile, largestModelMib } from "../../core/policy/bundle/model-files.ts";
import { largestDocumentKib } from "../../core/policy/yaml/document.ts";
import type { Problem } from "../../core/policy/yaml/problem.ts";
import { ask, type GitHubClient } from "./client.ts";
import { blobText } from "./large-blob.ts";
import { whenNeeded } from "./when-needed.ts";

/** Text of a pull request's head, read to be shown and never to decide. */
export type HeadText = { texts: Map<string, string>; problems: Problem[] };

const answer = whenNeeded(() =>
  z.object({
    repository: z
      .record(
        z.string(),
        z
          .object({
            oid: z.string().optional(),
            text: z.string().nullish(),
            byteSize: z.int().optional(),
            isTruncated: z.boolean().optional(),
          })
          .nullable(),
      )
      .nullable(),
  }),
);

/**
 * The files of these paths at a commit, in one request, and one more for a long model. They are asked for by name, so that
 * a head with a hundred thousand files in the folder costs no more than one with five.
 */
export async function readHeadText(
  client: GitHubClient,
  place: { owner: string; name: string; head: string },
  paths: readonly string[],
): Promise<HeadText> {
  const names = paths.map((_, index) => `path${index}`);
  const query = `query HeadText($owner: String!, $name: String!, ${names.map((name) => `$${name}: String!`).join(", ")}) {
    repository(owner: $owner, name: $name) {
      ${names.map((name) => `${name}: object(expression: $${name}) { ... on Blob { oid text byteSize isTruncated } }`).join("\n      ")}
    }
  }`;
  const variables = Object.fromEntries(paths.map((path, index) => [`path${index}`, `${place.head}:${path}`]));
  const data = await ask(`the edited policy of ${place.owner}/${place.name}`, () =>
    client.graphql(query, { owner: place.owner, name: place.name, ...variables }),
  );
  const found = answer().parse(data).repository ?? {};
  const read: HeadText = { texts: new Map(), problems: [] };
  for (const [index, file] of paths.entries()) {
    const blob = found[`path${index}`];
    const sizeKib = Math.ceil((blob?.byteSize ?? 0) / 1024);
    if (!blob || blob.byteSize === undefined) continue;
    const isModel = isModelFile(file.slice(file.lastIndexOf("/") + 1));
    const mostKib = isModel ? largestModelMib * 1024 : largestDocumentKib;
    if (sizeKib > mostKib || (blob.isTruncated && !isModel)) {
      const message = `the file is ${sizeKib} KiB; at most ${mostKib} KiB are read. Split it or shorten it`;
      read.problems.push({ file, message });
    } else if (blob.isTruncated && blob.oid !== undefined) {
      read.texts.set(file, await blobText(client, { ...place, oid: blob.oid, path: file }));
    } else if (blob.text == null) read.problems.push({ file, message: "the file is binary; policy is text" });
    else read.texts.set(file, blob.text);
  }
  return read;
}
