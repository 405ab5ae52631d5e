import { type Ensemble, isLeaf } from "./ensemble.ts";
import type { Family } from "./family.ts";

/** The splits alone, tree after tree, with what a walk asks of each close together; nodes are counted from their tree's root. */
export type Plan = {
  /** Where each tree's splits begin, and behind the last one how many there are. */
  starts: Int32Array;
  /** Of each split: column, node, right child, child of the split on the same column nearest above (-1: none), missing goes left. */
  places: Int32Array;
  threshold: Float64Array;
  /** Where the split's tree begins among all nodes. */
  root: Int32Array;
  /** Nodes of the largest tree. */
  largest: number;
};

/** Numbers of a split in `places`. */
export const planned = 5;

export function planOf(
  { starts, feature, right, missingLeft, threshold }: Ensemble,
  { before }: Family,
): Plan {
  const splits = feature.reduce((sum, column) => sum + (column === isLeaf ? 0 : 1), 0);
  const plan: Plan = {
    starts: new Int32Array(starts.length),
    places: new Int32Array(splits * planned),
    threshold: new Float64Array(splits),
    root: new Int32Array(splits),
    largest: 0,
  };
  let split = 0;
  for (let tree = 0; tree + 1 < starts.length; tree += 1) {
    const root = starts[tree] ?? 0;
    const end = starts[tree + 1] ?? 0;
    plan.largest = Math.max(plan.largest, end - root);
    for (let node = root; node < end; node += 1) {
      if (feature[node] === isLeaf) continue;
      const earlier = before[node + 1] ?? -1;
      const places = [feature[node] ?? 0, node - root, (right[node] ?? 0) - root];
      plan.places.set(
        [...places, earlier < 0 ? -1 : earlier - root, missingLeft[node] ?? 0],
        split * planned,
      );
      plan.threshold[split] = threshold[node] ?? 0;
      plan.root[split] = root;
      split += 1;
    }
    plan.starts[tree + 1] = split;
  }
  return plan;
}
