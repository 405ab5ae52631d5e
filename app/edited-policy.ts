import type { GitHubClient } from "../adapters/github/client.ts";
import { readHeadText } from "../adapters/github/head-policy.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { checkFolder } from "../adapters/policy/folder.ts";
import { configurationPath, defaultBundleFolder } from "../adapters/policy/places.ts";
import { resolvePolicy } from "../adapters/policy/resolve.ts";
import type { ChangedFile } from "../core/change/facts.ts";
import { UserError } from "../core/errors.ts";
import { bundleFiles } from "../core/policy/bundle/files.ts";
import { type PolicyBundle, repositoryConfiguration } from "../core/policy/schema.ts";
import { parseYamlDocument } from "../core/policy/yaml/document.ts";
import type { Problem } from "../core/policy/yaml/problem.ts";

/** The policy as a pull request would leave it, read as data: it decides nothing. */
export type EditedPolicy = {
  bundle?: PolicyBundle;
  problems: Problem[];
  warnings: Problem[];
  removed?: boolean;
};

export async function readEditedPolicy(
  client: GitHubClient,
  subject: Subject,
  changed: readonly ChangedFile[],
  now: Date,
): Promise<EditedPolicy> {
  const { texts, problems } = await readHeadText(client, subject, [configurationPath]);
  const configuration = texts.get(configurationPath);
  if (configuration !== undefined)
    problems.push(...parseYamlDocument(configuration, configurationPath, repositoryConfiguration).problems);
  if (problems.length > 0) return { problems, warnings: [] };

  let held: Held | undefined;
  const source = {
    commit: subject.head,
    ...(configuration === undefined ? {} : { configuration }),
    defaultFolder: defaultBundleFolder,
    folder: async (path: string) => {
      held = await readFolder(client, subject, path, changed);
      return held.files;
    },
  };
  const resolved = await resolvePolicy(source, undefined).catch(sentenceOf);
  if (held?.tooLarge.length) return { problems: held.tooLarge, warnings: [] };
  if (held?.files.size) return checked(held, subject.head, now);
  if (typeof resolved === "string")
    return { problems: [{ file: configurationPath, message: resolved }], warnings: [] };
  return { problems: [], warnings: [], bundle: resolved.policy, removed: configuration === undefined };
}

type Held = { path: string; files: Map<string, string>; tooLarge: Problem[] };

/** Files that the change adds and that no bundle has are named without their text, for the check to refuse. */
async function readFolder(
  client: GitHubClient,
  subject: Subject,
  path: string,
  changed: readonly ChangedFile[],
): Promise<Held> {
  const known = Object.keys(bundleFiles).map((name) => `${path}/${name}`);
  const { texts, problems } = await readHeadText(client, subject, known);
  const within = changed.filter((file) => file.status !== "removed" && file.path.startsWith(`${path}/`));
  const strangers = within
    .filter((file) => !known.includes(file.path))
    .map((file) => [file.path, ""] as const);
  const all = [...texts, ...strangers].map(([file, text]) => [file.slice(path.length + 1), text] as const);
  return { path, files: new Map(all.filter(([name]) => !name.includes("/"))), tooLarge: problems };
}

/** As `policy check`, with each file by its whole path. */
function checked({ path, files }: Held, commit: string, now: Date): EditedPolicy {
  const { bundle, problems, warnings } = checkFolder(files, { name: "edited", commit }, now);
  const placed = (list: readonly Problem[]) =>
    list.map((one) => (files.has(one.file) ? { ...one, file: `${path}/${one.file}` } : one));
  return { problems: placed(problems), warnings: placed(warnings), ...(bundle ? { bundle } : {}) };
}

function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}
