import { type Ensemble, isLeaf } from "./ensemble.ts";
import { type Family, familyOf } from "./family.ts";
import { type Plan, planned, planOf } from "./plan.ts";
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
  explain(rows: readonly Float64Array[], into: readonly Float64Array[]): void;
};

/** A row goes left, or right, or does not come by: it left at an earlier split on the same feature. */
const ways = 3;
/** Points that are carried side by side; three are exact for six features on a path. */
const lanes = 3;
/** Of each way: what the two children's products are multiplied by, and the feature's part of what each sends up. */
const wide = 4 * lanes;

export function explainer(trees: Ensemble): Explainer {
  const family = familyOf(trees);
  const plan = planOf(trees, family);
  const rounds = Math.max(1, Math.ceil(family.most / 2 / lanes));
  const { weights, points } = quadrature(rounds * lanes);
  const tables = Array.from({ length: rounds }, (_, round) => {
    const own = [round * lanes, (round + 1) * lanes] as const;
    return tableOf(trees, { family, plan }, points.subarray(...own), weights.subarray(...own));
  });
  const walk = {
    on: new Uint8Array(plan.largest),
    way: new Int32Array(plan.threshold.length),
    flow: new Float64Array(plan.largest * lanes),
  };
  return {
    bias: trees.base + family.expected,
    explain(rows, into) {
      // One tree for all rows, then the next: a tree's table stays near at hand.
      for (let tree = 0; tree + 1 < plan.starts.length; tree += 1) {
        const span = { from: plan.starts[tree] ?? 0, to: plan.starts[tree + 1] ?? 0 };
        if (span.from === span.to) continue;
        for (const [index, row] of rows.entries()) {
          const sums = into[index];
          if (sums === undefined) continue;
          for (const table of tables) {
            carryDown(plan, table, walk, row, span);
            sumUp(plan, table, walk, sums, span);
          }
        }
      }
    },
  };
}

function tableOf(
  { feature, value }: Ensemble,
  { family, plan }: { family: Family; plan: Plan },
  points: Float64Array,
  weights: Float64Array,
): Float64Array {
  const table = new Float64Array(plan.threshold.length * ways * wide);
  for (let split = 0; split < plan.threshold.length; split += 1) {
    const first = split * planned;
    const tree = plan.root[split] ?? 0;
    for (let side = 0; side < 2; side += 1) {
      const child = tree + (side === 0 ? (plan.places[first + 1] ?? 0) + 1 : (plan.places[first + 2] ?? 0));
      // What a leaf says is multiplied in at once.
      const says = feature[child] === isLeaf ? (value[child] ?? 0) : 1;
      for (let way = 0; way < ways; way += 1) {
        const own = way === side ? 1 : 0;
        const ownBefore = way === 2 ? 0 : 1;
        const at = (split * ways + way) * wide + side * lanes;
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

function carryDown(
  { places, threshold }: Plan,
  table: Float64Array,
  { on, way, flow }: Walk,
  row: Float64Array,
  { from, to }: Span,
): void {
  flow.fill(1, 0, lanes);
  for (let split = from; split < to; split += 1) {
    const first = split * planned;
    const node = places[first + 1] ?? 0;
    const right = places[first + 2] ?? 0;
    const earlier = places[first + 3] ?? -1;
    const value = row[places[first] ?? 0] ?? Number.NaN;
    const least = threshold[split] ?? 0;
    const comes = earlier < 0 ? 1 : (on[earlier] ?? 0);
    const goes = value < least ? 1 : value >= least ? 0 : (places[first + 4] ?? 0);
    const at = (split * ways + (comes === 1 ? 1 - goes : 2)) * wide;
    way[split] = at;
    on[node + 1] = comes & goes;
    on[right] = comes & (1 - goes);
    const here = node * lanes;
    const one = flow[here] ?? 0;
    const two = flow[here + 1] ?? 0;
    const three = flow[here + 2] ?? 0;
    // A left child stands right behind its parent.
    flow[here + 3] = one * (table[at] ?? 0);
    flow[here + 4] = two * (table[at + 1] ?? 0);
    flow[here + 5] = three * (table[at + 2] ?? 0);
    const other = right * lanes;
    flow[other] = one * (table[at + 3] ?? 0);
    flow[other + 1] = two * (table[at + 4] ?? 0);
    flow[other + 2] = three * (table[at + 5] ?? 0);
  }
}

function sumUp(
  { places }: Plan,
  table: Float64Array,
  { way, flow }: Walk,
  into: Float64Array,
  { from, to }: Span,
): void {
  for (let split = to - 1; split >= from; split -= 1) {
    const first = split * planned;
    const column = places[first] ?? 0;
    const here = (places[first + 1] ?? 0) * lanes;
    const other = (places[first + 2] ?? 0) * lanes;
    const at = way[split] ?? 0;
    const one = flow[here + 3] ?? 0;
    const two = flow[here + 4] ?? 0;
    const three = flow[here + 5] ?? 0;
    const otherOne = flow[other] ?? 0;
    const otherTwo = flow[other + 1] ?? 0;
    const otherThree = flow[other + 2] ?? 0;
    into[column] =
      (into[column] ?? 0) +
      (one * (table[at + 6] ?? 0) + two * (table[at + 7] ?? 0) + three * (table[at + 8] ?? 0)) +
      (otherOne * (table[at + 9] ?? 0) +
        otherTwo * (table[at + 10] ?? 0) +
        otherThree * (table[at + 11] ?? 0));
    flow[here] = one + otherOne;
    flow[here + 1] = two + otherTwo;
    flow[here + 2] = three + otherThree;
  }
}
