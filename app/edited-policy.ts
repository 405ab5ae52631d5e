import type { GitHubClient } from "../adapters/github/client.ts";
import { readHeadText } from "../adapters/github/head-policy.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { configurationPath, defaultBundleFolder } from "../adapters/policy/places.ts";
import { shippedBundleNames } from "../adapters/policy/shipped.ts";
import type { ChangedFile } from "../core/change/facts.ts";
import { bundleFiles } from "../core/policy/bundle/files.ts";
import { repositoryConfiguration } from "../core/policy/schema.ts";
import { parseYamlDocument } from "../core/policy/yaml/document.ts";
import type { Problem } from "../core/policy/yaml/problem.ts";

/** The texts of the policy as a pull request would leave it. */
export type EditedTexts = {
  commit: string;
  configuration?: string;
  /** Where the bundle is expected, and its files by their names there. */
  folder: string;
  files: [string, string][];
  /** What could not even be read: no more needs to be said then. */
  problems: Problem[];
};

export async function readEditedTexts(
  client: GitHubClient,
  subject: Subject,
  changed: readonly ChangedFile[],
): Promise<EditedTexts> {
  const { texts, problems } = await readHeadText(client, subject, [configurationPath]);
  const configuration = texts.get(configurationPath);
  const parsed =
    configuration === undefined
      ? undefined
      : parseYamlDocument(configuration, configurationPath, repositoryConfiguration);
  problems.push(...(parsed?.problems ?? []));
  const folder = policyFolder(parsed?.value?.policy);
  const found =
    problems.length > 0 ? { files: [], problems } : await readFiles(client, subject, folder, changed);
  return {
    commit: subject.head,
    ...(configuration === undefined ? {} : { configuration }),
    folder,
    ...found,
  };
}

/** The folder that a configuration speaks of; a shipped bundle's name leaves the one where a folder is expected. */
export function policyFolder(wanted: string | undefined): string {
  if (wanted === undefined || shippedBundleNames.includes(wanted)) return defaultBundleFolder;
  return wanted.replace(/^\.\//, "").replace(/\/+$/, "");
}

/** Files that the change adds and that no bundle has are named without their text, for the check to refuse. */
async function readFiles(
  client: GitHubClient,
  subject: Subject,
  folder: string,
  changed: readonly ChangedFile[],
): Promise<Pick<EditedTexts, "files" | "problems">> {
  const known = Object.keys(bundleFiles).map((name) => `${folder}/${name}`);
  const { texts, problems } = await readHeadText(client, subject, known);
  const strangers = changed
    .filter((file) => file.status !== "removed" && file.path.startsWith(`${folder}/`))
    .filter((file) => !known.includes(file.path))
    .map((file) => [file.path, ""] as const);
  const files = [...texts, ...strangers]
    .map(([file, text]): [string, string] => [file.slice(folder.length + 1), text])
    .filter(([name]) => !name.includes("/"));
  return { files, problems };
}
