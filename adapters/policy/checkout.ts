import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { folderOrNone, localPolicy } from "./folder.ts";
import { configurationPath, defaultBundleFolder } from "./places.ts";
import { type ResolvedPolicy, readConfiguration, resolvePolicy } from "./resolve.ts";

/** The bundle that is asked for, by name or as a folder of this machine; else what the files of the checkout say. */
export async function policyOfCheckout(root: string, asked?: string): Promise<ResolvedPolicy> {
  const configuration = await readFile(join(root, configurationPath), "utf8").catch(() => undefined);
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
