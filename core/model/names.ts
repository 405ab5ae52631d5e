import { nearest } from "../policy/suggest.ts";
import { plain } from "../render/escape.ts";
import { derivedNames } from "./columns/derived.ts";
import { badModel } from "./fault.ts";
import { limits } from "./trees/nodes.ts";

/** Names of features are shown, looked up and written into tables: each is a word of its own, and none means something to a machine. */
export function checkFeatures(names: readonly string[]): void {
  if (names.length > limits.columns)
    throw badModel(`It names ${names.length} features; at most ${limits.columns} are read.`);
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "__proto__" || name.length > 200 || !/^[^\p{C}]+$/u.test(name))
      throw badModel(`A feature is called "${plain(name, 60)}", which is no name of a column.`);
    if (seen.has(name)) throw badModel(`Two features are called "${plain(name, 60)}".`);
    seen.add(name);
  }
}

/** What a part asks about, each once, has to be among the features, or to follow from them. */
export function checkAsked(asked: readonly string[], features: readonly string[]): void {
  const known = [...features, ...derivedNames(features)];
  const left = new Set(known);
  for (const name of asked) {
    if (left.delete(name)) continue;
    if (known.includes(name)) throw badModel(`A part asks about "${plain(name, 60)}" twice.`);
    const close = nearest(name, known);
    throw badModel(
      `A part asks about "${plain(name, 60)}", which is none of its features${close === undefined ? "." : `; is it ${plain(close, 60)}?`}`,
    );
  }
}
