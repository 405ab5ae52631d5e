import { exitCodes, UserError } from "../../core/errors.ts";
import {
  type PolicyBundle,
  type RepositoryConfiguration,
  repositoryConfiguration,
} from "../../core/policy/schema.ts";
import { enforcesAnything } from "../../core/policy/scope.ts";
import { didYouMean } from "../../core/policy/suggest.ts";
import { parseYamlDocument } from "../../core/policy/yaml/document.ts";
import { describeProblem } from "../../core/policy/yaml/problem.ts";
import { decidingBundle } from "./folder.ts";
import { configurationPath } from "./places.ts";
import { shippedBundle, shippedBundleNames } from "./shipped.ts";

/** Where policy comes from: text of one trusted commit. */
export type PolicySource = {
  commit: string;
  /** "owner/name" of the repository, where it is not the one that is decided about. */
  repository?: string;
  /** Text of `.github/adaptive-deploy.yml` there. */
  configuration?: string;
  defaultFolder: string;
  folder(path: string): Promise<Map<string, string> | undefined>;
};

export type ResolvedPolicy = {
  policy: PolicyBundle;
  configuration: RepositoryConfiguration;
  /** Why the bundle that was asked for does not speak. */
  setAside?: string;
};

/** The bundle that a run's input names; it is trusted where no change can have edited the input. */
export type AskedPolicy = { name: string; trusted: boolean };

/**
 * The bundle that speaks: the one asked for, else the configuration's, else the folder where one is expected, else
 * the shipped default. One that is named and cannot be read is an error, never the default. A repository's own bundle
 * that enforces anything is not exchanged by an input that a pull request can edit.
 */
export async function resolvePolicy(
  source: PolicySource,
  asked: AskedPolicy | undefined,
): Promise<ResolvedPolicy> {
  const configuration = readConfiguration(source.configuration, source.repository);
  if (asked === undefined || asked.name === configuration.policy) {
    return { policy: await bundleOf(source, configuration.policy), configuration };
  }
  if (!asked.trusted) {
    const own = await bundleOf(source, configuration.policy);
    if (enforcesAnything(own.thresholds))
      return { policy: own, configuration, setAside: setAside(asked.name) };
  }
  return { policy: await bundleOf(source, asked.name), configuration };
}

function setAside(name: string): string {
  return (
    `The input policy "${name}" does not count: this repository's own policy enforces, and a pull request can edit the ` +
    "input. Write it under policy: in .github/adaptive-deploy.yml on the default branch."
  );
}

/** A bundle says which repository named it, where that is another one, so that an auditor finds it. */
async function bundleOf(source: PolicySource, wanted: string | undefined): Promise<PolicyBundle> {
  const bundle = await foundBundle(source, wanted);
  if (source.repository === undefined) return bundle;
  const { hash, commit } = bundle.version;
  return { ...bundle, version: { hash, commit, repository: source.repository } };
}

async function foundBundle(source: PolicySource, wanted: string | undefined): Promise<PolicyBundle> {
  if (wanted !== undefined && shippedBundleNames.includes(wanted)) return shippedBundle(wanted);
  const folder = wanted === undefined ? source.defaultFolder : normalFolder(wanted);
  const files = await source.folder(folder);
  if (files?.size) return decidingBundle(files, { name: folderName(folder), commit: source.commit });
  if (wanted === undefined) return shippedBundle("default");
  throw new UserError(
    "policy-not-found",
    `The policy "${wanted}" is neither a shipped bundle (${shippedBundleNames.join(", ")}) nor a folder with files at ${source.commit.slice(0, 12)}${didYouMean(wanted, shippedBundleNames)}. Policy is read from the default branch only.`,
    exitCodes.badInput,
  );
}

export function readConfiguration(text: string | undefined, repository?: string): RepositoryConfiguration {
  if (text === undefined) return { "schema-version": 1 };
  const file = repository === undefined ? configurationPath : `${repository}: ${configurationPath}`;
  const { value, problems } = parseYamlDocument(text, file, repositoryConfiguration);
  if (value !== undefined && !problems.length) return value;
  throw new UserError("policy-invalid", problems.map(describeProblem).join("\n"));
}

function normalFolder(path: string): string {
  const folder = path.replace(/^\.\//, "").replace(/\/+$/, "");
  if (folder.startsWith("/") || folder.split("/").includes("..") || folder.includes(":") || folder === "") {
    throw new UserError(
      "bad-input",
      `The policy folder "${path}" is not a path inside the repository, as in .github/adaptive-deploy.`,
    );
  }
  return folder;
}

function folderName(folder: string): string {
  const last = folder.slice(folder.lastIndexOf("/") + 1);
  return last === "adaptive-deploy" ? "repository" : last;
}
