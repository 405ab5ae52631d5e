import { readBundle } from "../../core/policy/bundle.ts";
import type { BaseBundles } from "../../core/policy/bundle-files.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import shipped from "./shipped.json" with { type: "json" };

/** Bundles that come with the tool. Their texts are in the build, so that nothing has to be found on a disk. */
const texts = new Map<string, ReadonlyMap<string, string>>(
  Object.entries(shipped).map(([name, files]) => [name, new Map(Object.entries(files))]),
);

export const shippedBundleNames: readonly string[] = [...texts.keys()];

/** What a decision says instead of a commit: the bundle is of the tool's own version. */
export const shippedCommit = "shipped";

export const shippedFiles: BaseBundles = (name) => texts.get(name);

const read = new Map<string, PolicyBundle>();

export function shippedBundle(name: string): PolicyBundle {
  const known = read.get(name);
  if (known !== undefined) return known;
  const files = texts.get(name);
  if (files === undefined)
    throw new TypeError(`No bundle "${name}" is shipped: ${shippedBundleNames.join(", ")}.`);
  const bundle = readBundle(files, { name, commit: shippedCommit, bases: shippedFiles });
  read.set(name, bundle);
  return bundle;
}
