import { badModel } from "../fault.ts";
import { type Ensemble, isLeaf } from "./ensemble.ts";

/** A tree as files have it: nodes in any order, each naming its children. The first one is the root. */
export type TreeNodes = {
  /** -1: a leaf. */
  feature: ArrayLike<number>;
  /** Less than it goes left. */
  threshold: ArrayLike<number>;
  left: ArrayLike<number>;
  right: ArrayLike<number>;
  missingLeft: ArrayLike<boolean | number>;
  value: ArrayLike<number>;
  cover: ArrayLike<number>;
};

/** Files are data, and may be damaged or meant to harm: what is beyond these is no model of anybody's. */
export const limits = { trees: 5000, nodes: 1_000_000, depth: 64, columns: 2000, value: 1e6 };

/** Explaining a node takes tables, and the more of them the deeper the tree. */
const splitsInTable = 6;

/** Trees laid out for walking. Every node is reached once, so that no file leads a walk in circles. */
export function ensembleOf(trees: readonly TreeNodes[], base: number, columns: number): Ensemble {
  if (trees.length === 0) throw badModel("It has no trees.");
  if (trees.length > limits.trees)
    throw badModel(`It has ${trees.length} trees; at most ${limits.trees} are read.`);
  const total = trees.reduce((sum, { feature }) => sum + feature.length, 0);
  if (total > limits.nodes) throw badModel(`It has ${total} nodes; at most ${limits.nodes} are read.`);
  if (!Number.isFinite(base)) throw badModel("Its base score is no number.");
  const ensemble: Ensemble = {
    starts: new Int32Array(trees.length + 1),
    feature: new Int32Array(total).fill(isLeaf),
    threshold: new Float64Array(total),
    right: new Int32Array(total),
    missingLeft: new Uint8Array(total),
    value: new Float64Array(total),
    cover: new Float64Array(total),
    base,
  };
  let next = 0;
  let deepest = 0;
  for (const [index, tree] of trees.entries()) {
    const laid = layTree(ensemble, tree, { next, columns, where: `tree ${index}` });
    next = laid.next;
    deepest = Math.max(deepest, laid.deepest);
    ensemble.starts[index + 1] = next;
  }
  if (total * Math.ceil(deepest / splitsInTable) > limits.nodes)
    throw badModel(`It has ${total} nodes, up to ${deepest} deep: more than can be explained.`);
  return ensemble;
}

/** Covers are summed in single precision. */
const mostOfParent = 1.01;
const coverNoise = 0.01;

type Laying = { next: number; columns: number; where: string };

function layTree(
  into: Ensemble,
  tree: TreeNodes,
  { next, columns, where }: Laying,
): { next: number; deepest: number } {
  const size = tree.feature.length;
  const seen = new Uint8Array(size);
  // Whose right child is laid next: a left one always follows its parent at once.
  const waiting = [{ node: 0, depth: 0, parent: -1, most: Number.POSITIVE_INFINITY }];
  let at = next;
  let deepest = 0;
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const { node, depth, parent, most } = one;
    const here = `${where}, node ${node}`;
    if (!Number.isInteger(node) || node < 0 || node >= size)
      throw badModel(`${here}: there is no such node.`);
    if (seen[node] === 1) throw badModel(`${here} is reached twice: what is no tree is not read.`);
    if (depth > limits.depth) throw badModel(`${where} is deeper than ${limits.depth} splits.`);
    deepest = Math.max(deepest, depth);
    seen[node] = 1;
    if (parent >= 0) into.right[parent] = at;
    layNode(into, at, tree, node, { columns, here, most });
    if (tree.feature[node] !== isLeaf) {
      const below = { depth: depth + 1, most: (into.cover[at] ?? 0) * mostOfParent + coverNoise };
      waiting.push({ ...below, node: tree.right[node] ?? -1, parent: at });
      waiting.push({ ...below, node: tree.left[node] ?? -1, parent: -1 });
    }
    at += 1;
  }
  if (at - next !== size) throw badModel(`${where} has ${size - (at - next)} nodes that nothing leads to.`);
  return { next: at, deepest };
}

function layNode(
  into: Ensemble,
  at: number,
  tree: TreeNodes,
  node: number,
  { columns, here, most }: { columns: number; here: string; most: number },
): void {
  const feature = tree.feature[node] ?? Number.NaN;
  const cover = tree.cover[node] ?? Number.NaN;
  if (!(cover >= 0) || cover === Number.POSITIVE_INFINITY)
    throw badModel(`${here}: its cover is no number from 0.`);
  if (cover > most) throw badModel(`${here}: its cover is more than that of the node above.`);
  into.cover[at] = cover;
  into.feature[at] = feature;
  if (feature === isLeaf) {
    const value = tree.value[node] ?? Number.NaN;
    if (!(Math.abs(value) <= limits.value))
      throw badModel(`${here}: its value is no number up to ${limits.value}.`);
    into.value[at] = value;
    return;
  }
  const threshold = tree.threshold[node] ?? Number.NaN;
  if (!Number.isInteger(feature) || feature < 0 || feature >= columns)
    throw badModel(`${here} asks for feature ${feature}; the model names ${columns}.`);
  if (!Number.isFinite(threshold)) throw badModel(`${here}: its threshold is no number.`);
  into.threshold[at] = threshold;
  into.missingLeft[at] = tree.missingLeft[node] ? 1 : 0;
}
