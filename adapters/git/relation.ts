import { patchKey, reversePatchKey } from "../../core/change/patch.ts";
import type { RawFile } from "./log.ts";
import type { Git } from "./open.ts";
import { readPatches } from "./patches.ts";

/** What one commit, or a whole change, does to files; renames are told as one file gone and one come. */
export type Side = { base: string; head: string; files: ReadonlyMap<string, RawFile> };
export type Relation = "inverse" | "same";

type PatchKeys = { forward: string | undefined; reverse: string | undefined };
type Way = {
  /** The contents before and after are already those that the relation asks for: no patch need be read. */
  isWhole(file: RawFile, other: RawFile): boolean;
  hasModes(file: RawFile, other: RawFile): boolean;
  direction: keyof PatchKeys;
};

const ways: Record<Relation, Way> = {
  inverse: {
    isWhole: (file, other) => file.oldObject === other.newObject && file.newObject === other.oldObject,
    hasModes: (file, other) => file.oldMode === other.newMode && file.newMode === other.oldMode,
    direction: "reverse",
  },
  same: {
    isWhole: (file, other) => file.oldObject === other.oldObject && file.newObject === other.newObject,
    hasModes: (file, other) => file.oldMode === other.oldMode && file.newMode === other.newMode,
    direction: "forward",
  },
};
const relations = ["inverse", "same"] as const;

/** Patches of at most so many commits are read for one change; beyond, the answer would come too late. */
const mostComparisons = 40;

/**
 * Whether another commit does the same as ours or the exact inverse, line for line wherever in the files the lines
 * stand by now. Answers "unknown" where too many commits would have to be read.
 */
export function relationTo(git: Git, own: Side): (other: Side) => Promise<Relation | "unknown" | undefined> {
  let ownKeys: Promise<Map<string, PatchKeys>> | undefined;
  let comparisons = 0;
  return async (other) => {
    const pairs = pairsOf(own, other);
    if (!pairs) return undefined;
    const hold = (isFile: (way: Way, pair: Pair) => boolean) =>
      relations.filter((relation) =>
        pairs.every((pair) => ways[relation].hasModes(pair.file, pair.other) && isFile(ways[relation], pair)),
      );
    const [whole] = hold((way, { file, other: their }) => way.isWhole(file, their));
    if (whole) return whole;
    if (hold(() => true).length === 0) return undefined;
    comparisons += 1;
    if (comparisons > mostComparisons) return "unknown";
    ownKeys ??= patchKeys(git, own);
    const [mine, theirs] = [await ownKeys, await patchKeys(git, other)];
    const [relation] = hold((way, { path, file, other: their }) => {
      if (way.isWhole(file, their)) return true;
      const wanted = mine.get(path)?.forward;
      return wanted !== undefined && wanted === theirs.get(path)?.[way.direction];
    });
    return relation;
  };
}

type Pair = { path: string; file: RawFile; other: RawFile };

/** Files side by side, or undefined where the two do not touch exactly the same paths. */
function pairsOf(own: Side, other: Side): Pair[] | undefined {
  if (own.files.size !== other.files.size) return undefined;
  const pairs: Pair[] = [];
  for (const [path, file] of own.files) {
    const counterpart = other.files.get(path);
    if (!counterpart) return undefined;
    pairs.push({ path, file, other: counterpart });
  }
  return pairs;
}

async function patchKeys(git: Git, side: Side): Promise<Map<string, PatchKeys>> {
  const range = { base: side.base, head: side.head, files: [...side.files.values()], renames: false };
  const keys = await readPatches(git, range, (_, patch = "") => ({
    forward: patchKey(patch),
    reverse: reversePatchKey(patch),
  }));
  return new Map([...keys].map(([file, key]) => [file.path, key]));
}
