export type TreeEntry = { mode: string; type: "blob" | "tree" | "commit"; oid: string; name: string };

const typeOf = (mode: string): TreeEntry["type"] =>
  mode === "40000" ? "tree" : mode === "160000" ? "commit" : "blob";

/** The entries of a raw tree object: mode, space, name, NUL, twenty bytes of name. */
export function parseTree(content: Buffer = Buffer.alloc(0)): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    const mode = content.toString("utf8", at, space);
    entries.push({
      mode: mode.padStart(6, "0"),
      type: typeOf(mode),
      name: content.toString("utf8", space + 1, end),
      oid: content.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** The raw tree object of the entries, in git's order: a folder's name counts with a slash behind it. */
export function treeContent(entries: Pick<TreeEntry, "mode" | "oid" | "name">[]): Buffer {
  const placed = entries.map((entry) => ({
    order: Buffer.from(entry.mode === "040000" ? `${entry.name}/` : entry.name),
    bytes: Buffer.concat([
      Buffer.from(`${entry.mode.replace(/^0/, "")} ${entry.name}\0`),
      Buffer.from(entry.oid, "hex"),
    ]),
  }));
  placed.sort((left, right) => Buffer.compare(left.order, right.order));
  return Buffer.concat(placed.map((entry) => entry.bytes));
}
