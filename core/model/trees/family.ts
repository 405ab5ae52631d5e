import { type Ensemble, isLeaf } from "./ensemble.ts";

/** What a walk over a tree asks of a node beside its split. */
export type Family = {
  /** -1: a root. */
  parent: Int32Array;
  /** The node nearest above, itself left out, that was come to by a split on the same feature; -1: none. */
  before: Int32Array;
  /** Of the training data that reached the first split on the feature, the share that passes all of them down to here. */
  share: Float64Array;
  /** Most features that stand on the way to one leaf. */
  most: number;
  /** Mean of the leaves, weighed by the training data. */
  expected: number;
};

export function familyOf(trees: Ensemble): Family {
  const { feature, right, cover, value } = trees;
  const { length } = feature;
  const parent = new Int32Array(length).fill(-1);
  const before = new Int32Array(length).fill(-1);
  const share = new Float64Array(length).fill(1);
  const different = new Int32Array(length);
  const reach = new Float64Array(length).fill(1);
  let most = 0;
  let expected = 0;
  for (let node = 0; node < length; node += 1) {
    const column = feature[node] ?? isLeaf;
    if (column === isLeaf) {
      most = Math.max(most, different[node] ?? 0);
      expected += (reach[node] ?? 0) * (value[node] ?? 0);
      continue;
    }
    const earlier = lastOf(trees, parent, node, column);
    for (const child of [node + 1, right[node] ?? 0]) {
      const part = cover[node] ? Math.min(1, (cover[child] ?? 0) / (cover[node] ?? 1)) : 0;
      parent[child] = node;
      before[child] = earlier;
      share[child] = part * (earlier < 0 ? 1 : (share[earlier] ?? 1));
      different[child] = (different[node] ?? 0) + (earlier < 0 ? 1 : 0);
      reach[child] = (reach[node] ?? 0) * part;
    }
  }
  return { parent, before, share, most, expected };
}

/** The nearest node on the way to this one, itself included, that a split on the feature leads to. */
function lastOf({ feature }: Ensemble, parent: Int32Array, node: number, column: number): number {
  let at = node;
  for (let mother = parent[at] ?? -1; mother >= 0; mother = parent[at] ?? -1) {
    if (feature[mother] === column) return at;
    at = mother;
  }
  return -1;
}
