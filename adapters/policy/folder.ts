import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { exitCodes, UserError } from "../../core/errors.ts";
import { digest } from "../../core/evidence/canonical.ts";
import { readBundle } from "../../core/policy/bundle/bundle.ts";
import { type CheckedBundle, checkBundle } from "../../core/policy/bundle/lint/index.ts";
import { isModelFile, largestModelMib } from "../../core/policy/bundle/model-files.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { didYouMean } from "../../core/policy/suggest.ts";
import { largestDocumentKib } from "../../core/policy/yaml/document.ts";
import { printable } from "../../core/policy/yaml/quoted.ts";
import {
  shippedBundleNames,
  shippedBundleWithCases,
  shippedCommit,
  shippedFiles,
  withoutCases,
} from "./shipped.ts";

type Origin = { name: string; commit: string };

/** Bundles that were read before, by what stood in them: reading one takes longer than deciding a thousand changes. */
const known = new Map<string, PolicyBundle>();
const mostKnown = 64;

/** What decides of texts read at one commit; files that the folder does not hold come from the shipped bundles. */
export function decidingBundle(files: ReadonlyMap<string, string>, origin: Origin): PolicyBundle {
  const name = digest([origin.name, [...files].sort()]);
  const before = known.get(name);
  known.delete(name);
  const bundle = before ?? folderBundle(withoutCases(files), origin);
  known.set(name, bundle);
  for (const oldest of known.keys()) if (known.size > mostKnown) known.delete(oldest);
  return { ...bundle, version: { ...bundle.version, commit: origin.commit } };
}

/** The same with its cases. */
export function folderBundle(files: ReadonlyMap<string, string>, origin: Origin): PolicyBundle {
  return readBundle(files, { ...origin, bases: shippedFiles });
}

/** What `policy check` says of the same texts. */
export function checkFolder(files: ReadonlyMap<string, string>, origin: Origin, now?: Date): CheckedBundle {
  return checkBundle(files, { ...origin, bases: shippedFiles }, now === undefined ? {} : { now });
}

/** Texts of a shipped bundle by its name, or of a folder on this machine. */
export async function localFiles(wanted: string): Promise<ReadonlyMap<string, string>> {
  return shippedFiles(wanted) ?? (await readFolder(wanted));
}

/** A shipped bundle by its name, or a folder on this machine, which is of no commit. */
export async function localPolicy(wanted: string): Promise<PolicyBundle> {
  if (shippedBundleNames.includes(wanted)) return shippedBundleWithCases(wanted);
  return folderBundle(await readFolder(wanted), { name: nameOf(wanted), commit: "local" });
}

export async function checkLocal(wanted: string, now?: Date): Promise<CheckedBundle> {
  const commit = shippedBundleNames.includes(wanted) ? shippedCommit : "local";
  return checkFolder(await localFiles(wanted), { name: nameOf(wanted), commit }, now);
}

const mostFiles = 100;

/** Every file of the folder itself; what is no part of a bundle is for the reader of the bundle to refuse. */
export async function readFolder(path: string): Promise<Map<string, string>> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) =>
    notFound(path, error),
  );
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => entry.name);
  if (names.length === 0) return notFound(path, "it holds no files");
  if (names.length > mostFiles) return notFound(path, `it holds ${names.length} files, which is no bundle`);
  const texts = names.sort().map(async (name): Promise<[string, string]> => {
    const text = await readFile(join(path, name), "utf8").catch((error: unknown) =>
      notFound(join(path, name), error),
    );
    // One character more than is allowed is enough for the reader to refuse the file.
    const mostKib = isModelFile(name) ? largestModelMib * 1024 : largestDocumentKib;
    return [name, text.slice(0, mostKib * 1024 + 1)];
  });
  return new Map(await Promise.all(texts));
}

/** Undefined where there is none that can be read. */
export async function folderOrNone(path: string): Promise<Map<string, string> | undefined> {
  try {
    return await readFolder(path);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function notFound(path: string, error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new UserError(
    "policy-not-found",
    `The policy "${printable(path, 200)}" is neither a shipped bundle (${shippedBundleNames.join(", ")}) nor a folder that can be read: ${printable(reason, 200)}${didYouMean(path, shippedBundleNames)}.`,
    exitCodes.badInput,
  );
}

function nameOf(path: string): string {
  return path.replaceAll("\\", "/").replace(/\/+$/, "").split("/").at(-1) || "local";
}
