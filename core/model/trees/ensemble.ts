/**
 * Boosted trees, flat: the nodes of a tree stand in a row, a node before its children and its left child right behind
 * it, so that one walk from front to back meets every parent before its children.
 */
export type Ensemble = {
  /** Where each tree begins, and behind the last one the number of nodes. */
  starts: Int32Array;
  /** Column that a node asks about; -1: a leaf. */
  feature: Int32Array;
  /** Less than it goes left. */
  threshold: Float64Array;
  right: Int32Array;
  /** Whether a value that is missing goes left. */
  missingLeft: Uint8Array;
  /** What a leaf adds to the log-odds. */
  value: Float64Array;
  /** How much of the training data came through a node. */
  cover: Float64Array;
  /** What no tree says: the log-odds before the first one. */
  base: number;
};

export const isLeaf = -1;

export function goesLeft(
  { feature, threshold, missingLeft }: Ensemble,
  node: number,
  row: ArrayLike<number>,
): boolean {
  const value = row[feature[node] ?? 0] ?? Number.NaN;
  return Number.isNaN(value) ? missingLeft[node] === 1 : value < (threshold[node] ?? 0);
}

/** Log-odds of one row. */
export function marginOf(trees: Ensemble, row: ArrayLike<number>): number {
  const { starts, feature, right, value } = trees;
  let sum = 0;
  for (let tree = 0; tree + 1 < starts.length; tree += 1) {
    let node = starts[tree] ?? 0;
    while (feature[node] !== isLeaf) node = goesLeft(trees, node, row) ? node + 1 : (right[node] ?? 0);
    sum += value[node] ?? 0;
  }
  return trees.base + sum;
}
