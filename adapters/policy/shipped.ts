import { readBundle } from "../../core/policy/bundle/bundle.ts";
import type { BaseBundles } from "../../core/policy/bundle/files.ts";
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

/** A shipped bundle without its cases, which decide nothing. */
export function shippedBundle(name: string): PolicyBundle {
  const known = read.get(name);
  if (known !== undefined) return known;
  const bundle = readShipped(name, withoutCases);
  read.set(name, bundle);
  return bundle;
}

export function shippedBundleWithCases(name: string): PolicyBundle {
  return readShipped(name, (files) => files);
}

type Files = ReadonlyMap<string, string>;

/** A decision neither waits for the cases nor fails because one of them is misspelt: `policy check` reads them. */
export function withoutCases(files: Files): Files {
  return new Map([...files].filter(([file]) => file !== "cases.yaml"));
}

function readShipped(name: string, chosen: (files: Files) => Files): PolicyBundle {
  const files = texts.get(name);
  if (files === undefined)
    throw new TypeError(`No bundle "${name}" is shipped: ${shippedBundleNames.join(", ")}.`);
  return readBundle(chosen(files), { name, commit: shippedCommit, bases: shippedFiles });
}
