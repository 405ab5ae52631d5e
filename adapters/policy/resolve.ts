import { exitCodes, UserError } from "../../core/errors.ts";
import {
  type PolicyBundle,
  type RepositoryConfiguration,
  repositoryConfiguration,
} from "../../core/policy/schema.ts";
import { parseYamlDocument } from "../../core/policy/yaml/document.ts";
import { describeProblem } from "../../core/policy/yaml/problem.ts";
import { decidingBundle } from "./folder.ts";
import { shippedBundle, shippedBundleNames } from "./shipped.ts";

/** Where policy comes from: text of one trusted commit. */
export type PolicySource = {
  commit: string;
  /** Text of `.github/adaptive-deploy.yml` there. */
  configuration?: string;
  defaultFolder: string;
  folder(path: string): Promise<Map<string, string> | undefined>;
};

export type ResolvedPolicy = { policy: PolicyBundle; configuration: RepositoryConfiguration };

/**
 * The bundle that speaks: the one asked for, else the configuration's, else the folder where one is expected, else
 * the shipped default. One that is named and cannot be read is an error, never the default.
 */
export async function resolvePolicy(
  source: PolicySource,
  asked: string | undefined,
): Promise<ResolvedPolicy> {
  const configuration = readConfiguration(source.configuration);
  const wanted = asked || configuration.policy;
  if (wanted !== undefined && shippedBundleNames.includes(wanted)) {
    return { policy: shippedBundle(wanted), configuration };
  }
  const folder = wanted === undefined ? source.defaultFolder : normalFolder(wanted);
  const files = await source.folder(folder);
  if (files?.size)
    return {
      policy: decidingBundle(files, { name: folderName(folder), commit: source.commit }),
      configuration,
    };
  if (wanted === undefined) return { policy: shippedBundle("default"), configuration };
  throw new UserError(
    "policy-not-found",
    `The policy "${wanted}" is neither a shipped bundle (${shippedBundleNames.join(", ")}) nor a folder with files at ${source.commit.slice(0, 12)}. Policy is read from the default branch only.`,
    exitCodes.badInput,
  );
}

export function readConfiguration(text: string | undefined): RepositoryConfiguration {
  if (text === undefined) return { "schema-version": 1 };
  const { value, problems } = parseYamlDocument(text, ".github/adaptive-deploy.yml", repositoryConfiguration);
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
