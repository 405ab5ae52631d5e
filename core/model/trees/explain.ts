import { type Ensemble, goesLeft, isLeaf } from "./ensemble.ts";
import { type Family, familyOf } from "./family.ts";
import { quadrature } from "./quadrature.ts";

/**
 * Path-dependent TreeSHAP (Lundberg and others, 2018), exact, in a walk down and a walk up each tree.
 *
 * Shapley's weight of a set of s among d players is an integral: s! (d-1-s)! / d! = ∫ t^s (1-t)^(d-1-s) dt from 0 to 1. So
 * what a feature adds at a leaf is the leaf's value times ∫ (own - share) ∏ (own' t + share' (1-t)) dt, the product over the
 * other features on the leaf's path; `own` is 1 if the row goes that way and 0 if not, `share` how much of the training
 * data did. The product is a polynomial of a degree below d, which a few points of Gauss's integrate exactly. At each
 * point the product is carried down the tree, a factor an edge, and what the leaves say is summed up on the way back.
 *
 * Of an edge only three things can be: the row goes this way; it leaves here; or it left at an earlier edge of the same
 * feature. What a walk multiplies by is worked out beforehand for the three.
 */
export type Explainer = {
  /** What is expected of a row of which nothing is known. */
  bias: number;
  /** Log-odds that each column adds, for each row added onto `into`; with the bias they sum up to the margin. */
  explain(rows: readonly ArrayLike<number>[], into: readonly Float64Array[]): void;
};

/** A row goes left, or right, or does not come by: it left at an earlier split on the same feature. */
const ways = 3;
/** Points that are carried side by side; three are exact for six features on a path. */
const lanes = 3;
/** Of each way: what the two children's products are multiplied by, and the feature's part of what each sends up. */
const wide = 4 * lanes;

export function explainer(trees: Ensemble): Explainer {
  const family = familyOf(trees);
  const rounds = Math.max(1, Math.ceil(family.most / 2 / lanes));
  const { weights, points } = quadrature(rounds * lanes);
  const tables = Array.from({ length: rounds }, (_, round) => {
    const own = [round * lanes, (round + 1) * lanes] as const;
    return tableOf(trees, family, points.subarray(...own), weights.subarray(...own));
  });
  const { length } = trees.feature;
  const walk = {
    on: new Uint8Array(length),
    way: new Int32Array(length),
    flow: new Float64Array(length * lanes),
  };
  return {
    bias: trees.base + family.expected,
    explain(rows, into) {
      // One tree for all rows, then the next: a tree's table stays near at hand.
      for (let tree = 0; tree + 1 < trees.starts.length; tree += 1) {
        const span = { from: trees.starts[tree] ?? 0, to: trees.starts[tree + 1] ?? 0 };
        for (let row = 0; row < rows.length; row += 1) {
          markWays(trees, family, rows[row] ?? [], walk, span);
          for (const table of tables) {
            carryDown(trees, table, walk, span);
            sumUp(trees, table, walk, into[row] ?? new Float64Array(), span);
          }
        }
      }
    },
  };
}

function tableOf(trees: Ensemble, family: Family, points: Float64Array, weights: Float64Array): Float64Array {
  const { feature, right, value } = trees;
  const table = new Float64Array(feature.length * ways * wide);
  for (let node = 0; node < feature.length; node += 1) {
    if (feature[node] === isLeaf) continue;
    for (const [side, child] of [node + 1, right[node] ?? 0].entries()) {
      // What a leaf says is multiplied in at once.
      const says = feature[child] === isLeaf ? (value[child] ?? 0) : 1;
      for (let way = 0; way < ways; way += 1) {
        const own = way === side ? 1 : 0;
        const ownBefore = way === 2 ? 0 : 1;
        const at = (node * ways + way) * wide + side * lanes;
        for (const [lane, point] of points.entries()) {
          const { factor, part } = edgeAt(family, child, { own, ownBefore, point });
          table[at + lane] = factor * says;
          table[at + 2 * lanes + lane] = part * (weights[lane] ?? 0);
        }
      }
    }
  }
  return table;
}

type Edge = { own: number; ownBefore: number; point: number };

/** An edge replaces what an earlier one of its feature said. Where no training data went, nothing comes up. */
function edgeAt(
  { before, share }: Family,
  child: number,
  { own, ownBefore, point }: Edge,
): { factor: number; part: number } {
  const earlier = before[child] ?? -1;
  const down = share[child] ?? 0;
  const downBefore = earlier < 0 ? 1 : (share[earlier] ?? 0);
  const here = own * point + down * (1 - point);
  const there = earlier < 0 ? 1 : ownBefore * point + downBefore * (1 - point);
  const added = here === 0 ? 0 : (own - down) / here;
  const replaced = earlier < 0 || there === 0 ? 0 : (ownBefore - downBefore) / there;
  return { factor: there === 0 ? 0 : here / there, part: added - replaced };
}

type Span = { from: number; to: number };
type Walk = {
  /** Whether the row passes all splits of the feature that led here. */
  on: Uint8Array;
  /** Place in the table, of a split. */
  way: Int32Array;
  /** Products on the way down, sums on the way up. */
  flow: Float64Array;
};

function markWays(
  trees: Ensemble,
  { before }: Family,
  row: ArrayLike<number>,
  { on, way }: Walk,
  { from, to }: Span,
): void {
  const { feature, right } = trees;
  for (let node = from; node < to; node += 1) {
    if (feature[node] === isLeaf) continue;
    const left = node + 1;
    const earlier = before[left] ?? -1;
    const comes = earlier < 0 || on[earlier] === 1;
    const goes = goesLeft(trees, node, row);
    way[node] = (node * ways + (comes ? (goes ? 0 : 1) : 2)) * wide;
    on[left] = comes && goes ? 1 : 0;
    on[right[node] ?? 0] = comes && !goes ? 1 : 0;
  }
}

function carryDown(
  { feature, right, value }: Ensemble,
  table: Float64Array,
  { way, flow }: Walk,
  { from, to }: Span,
): void {
  flow.fill(feature[from] === isLeaf ? (value[from] ?? 0) : 1, from * lanes, (from + 1) * lanes);
  for (let node = from; node < to; node += 1) {
    if (feature[node] === isLeaf) continue;
    const at = way[node] ?? 0;
    const first = flow[node * lanes] ?? 0;
    const second = flow[node * lanes + 1] ?? 0;
    const third = flow[node * lanes + 2] ?? 0;
    const left = (node + 1) * lanes;
    const other = (right[node] ?? 0) * lanes;
    flow[left] = first * (table[at] ?? 0);
    flow[left + 1] = second * (table[at + 1] ?? 0);
    flow[left + 2] = third * (table[at + 2] ?? 0);
    flow[other] = first * (table[at + 3] ?? 0);
    flow[other + 1] = second * (table[at + 4] ?? 0);
    flow[other + 2] = third * (table[at + 5] ?? 0);
  }
}

function sumUp(
  { feature, right }: Ensemble,
  table: Float64Array,
  { way, flow }: Walk,
  into: Float64Array,
  { from, to }: Span,
): void {
  for (let node = to - 1; node >= from; node -= 1) {
    const column = feature[node] ?? isLeaf;
    if (column === isLeaf) continue;
    const at = way[node] ?? 0;
    const left = (node + 1) * lanes;
    const other = (right[node] ?? 0) * lanes;
    const first = flow[left] ?? 0;
    const second = flow[left + 1] ?? 0;
    const third = flow[left + 2] ?? 0;
    const otherFirst = flow[other] ?? 0;
    const otherSecond = flow[other + 1] ?? 0;
    const otherThird = flow[other + 2] ?? 0;
    into[column] =
      (into[column] ?? 0) +
      (first * (table[at + 6] ?? 0) + second * (table[at + 7] ?? 0) + third * (table[at + 8] ?? 0)) +
      (otherFirst * (table[at + 9] ?? 0) +
        otherSecond * (table[at + 10] ?? 0) +
        otherThird * (table[at + 11] ?? 0));
    flow[node * lanes] = first + otherFirst;
    flow[node * lanes + 1] = second + otherSecond;
    flow[node * lanes + 2] = third + otherThird;
  }
}
