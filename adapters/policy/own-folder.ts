import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { folderBundle, folderOrNone } from "./folder.ts";
import { configurationPath, defaultBundleFolder } from "./places.ts";
import { readConfiguration } from "./resolve.ts";
import { shippedBundleNames } from "./shipped.ts";

/** The folder of a checkout that holds a team's policy, where a proposal puts what it brings. */
export type OwnFolder = {
  /** Path inside the repository. */
  folder: string;
  /** Texts by name; none where the team has written nothing yet. */
  files: ReadonlyMap<string, string>;
};

export async function ownFolder(root: string): Promise<OwnFolder> {
  const configuration = await readFile(join(root, configurationPath), "utf8").catch(() => undefined);
  const { policy } = readConfiguration(configuration);
  if (policy !== undefined && shippedBundleNames.includes(policy))
    throw new UserError(
      "no-policy-folder",
      `${configurationPath} says policy: ${policy}, a shipped bundle, and a model needs a folder of the team's own: write ${defaultBundleFolder}/policy-metadata.md with extends: ${policy}, and leave policy: out.`,
      exitCodes.badInput,
    );
  const folder = (policy ?? defaultBundleFolder).replace(/^\.\//, "").replace(/\/+$/, "");
  return { folder, files: (await folderOrNone(join(root, folder))) ?? new Map() };
}

/** The policy that the folder would be with these files in place of its own. */
export function bundleWith(own: OwnFolder, changed: Readonly<Record<string, string>> = {}): PolicyBundle {
  const files = new Map([...own.files, ...Object.entries(changed)]);
  return folderBundle(files, { name: "repository", commit: "local" });
}
