import { readFile, stat } from "node:fs/promises";
import { type ChangeFacts, changeFacts } from "../../core/change/facts.ts";
import type { GivenFacts } from "../../core/change/merge.ts";
import { UserError } from "../../core/errors.ts";

const largestFactsBytes = 16 * 1024 * 1024;

/** Facts from a file of an earlier job and from reports, each with whether its run is trusted. */
export async function readGiven(options: {
  inputs: string;
  reports: readonly string[];
  trusted: boolean;
  root?: string;
}): Promise<{ given: GivenFacts[]; problems: string[] }> {
  const given: GivenFacts[] = [];
  const problems: string[] = [];
  if (options.reports.length) {
    // The readers bring parsers that most runs never need.
    const { readReports } = await import("./index.ts");
    const read = await readReports([...options.reports], { root: options.root ?? process.cwd() });
    given.push({ facts: { schema_version: 1, ...read.facts }, from: "reports", trusted: options.trusted });
    problems.push(...read.problems);
  }
  if (options.inputs)
    given.push({ facts: await readFactsFile(options.inputs), from: "file", trusted: options.trusted });
  return { given, problems };
}

export async function readFactsFile(path: string): Promise<ChangeFacts> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > largestFactsBytes)
      throw new UserError(
        "facts-too-large",
        `${path} has ${size} bytes; at most ${largestFactsBytes} are read.`,
      );
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      "facts-not-found",
      `${path} cannot be read. \`adaptive-deploy collect\` writes risk-inputs.json.`,
    );
  }
  return parseFacts(text, path);
}

/** Facts from JSON text, or an error that names the field. */
export function parseFacts(text: string, where: string): ChangeFacts {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UserError(
      "bad-facts",
      `${where} is not JSON. It should be a document as \`adaptive-deploy collect\` writes it.`,
    );
  }
  const result = changeFacts.safeParse(document);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map((issue) => {
    const field = issue.path.join(".") || "the document";
    return issue.code === "unrecognized_keys"
      ? `${field}: unknown ${issue.keys.join(", ")}`
      : `${field}: ${issue.message}`;
  });
  throw new UserError(
    "bad-facts",
    `${where}: ${issues.join("; ")}. The fields are listed in policies/schema/risk-inputs.schema.json.`,
  );
}
