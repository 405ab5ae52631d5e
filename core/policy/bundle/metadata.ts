import * as z from "zod";
import { parseYamlDocument } from "../yaml/document.ts";
import type { Problem } from "../yaml/problem.ts";

/** What the front matter of policy-metadata.md says. */
export const policyMetadata = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, "a name is small letters, digits and dashes, and begins with a letter"),
  version: z.string().min(1).max(60),
  owner: z.string().min(1).max(200).describe("Who answers for the policy: a team, a person or an address."),
  extends: z
    .string()
    .optional()
    .describe("The shipped bundle whose files are taken where this folder has none; default where absent."),
  reviewed: z.iso.date("a day is YYYY-MM-DD").optional().describe("When somebody last read all of it."),
});
export type PolicyMetadata = z.infer<typeof policyMetadata>;

export const metadataFileName = "policy-metadata.md";

export type ReadMetadata = {
  metadata?: PolicyMetadata;
  problems: Problem[];
  problemAt: (path: readonly PropertyKey[], message: string) => Problem;
};

/** Reads the front matter between two lines of `---`; the prose after it is for people. */
export function readMetadata(text: string): ReadMetadata {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const wholeFile = (_: readonly PropertyKey[], message: string): Problem => ({
    file: metadataFileName,
    line: 1,
    message,
  });
  const [first, ...lines] = source.split("\n");
  if (first?.trimEnd() !== "---") return { problems: [], problemAt: wholeFile };
  const end = lines.findIndex((line) => line.trimEnd() === "---");
  if (end === -1) {
    const message = "the front matter has no end; close it with a line of ---";
    return { problems: [wholeFile([], message)], problemAt: wholeFile };
  }
  // A comment in place of the opening dashes keeps every line at its number.
  const frontMatter = ["#", ...lines.slice(0, end)].join("\n");
  const { value, problems, problemAt } = parseYamlDocument(frontMatter, metadataFileName, policyMetadata);
  return { ...(value === undefined ? {} : { metadata: value }), problems, problemAt };
}
