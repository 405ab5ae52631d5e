import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { localPolicy, readFolder } from "../adapters/policy/folder.ts";
import { configurationPath, defaultBundleFolder } from "../adapters/policy/places.ts";
import { type ResolvedPolicy, readConfiguration, resolvePolicy } from "../adapters/policy/resolve.ts";
import { UserError } from "../core/errors.ts";
import type { Arguments } from "./arguments.ts";

/** The bundle that is asked for, by name or as a folder of this machine; else what the checkout says. */
export async function policyHere(argument: Arguments): Promise<ResolvedPolicy> {
  const root = argument.value("repo");
  const configuration = await readFile(join(root, configurationPath), "utf8").catch(() => undefined);
  const asked = argument.given("policy");
  if (asked !== undefined)
    return { policy: await localPolicy(asked), configuration: readConfiguration(configuration) };
  const source = {
    commit: "local",
    ...(configuration === undefined ? {} : { configuration }),
    defaultFolder: defaultBundleFolder,
    folder: (path: string) => folderOrNone(join(root, path)),
  };
  return resolvePolicy(source, undefined);
}

async function folderOrNone(path: string): Promise<Map<string, string> | undefined> {
  try {
    return await readFolder(path);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
