import fc from "fast-check";
import { expect, test } from "vitest";
import { type Ensemble, marginOf } from "../../../../core/model/trees/ensemble.ts";
import { explainer } from "../../../../core/model/trees/explain.ts";
import { ensembleOf, type TreeNodes } from "../../../../core/model/trees/nodes.ts";

const columns = 4;

/** Shapley's values by their definition: every set of known columns, the others as the training data had them. */
function byDefinition(trees: Ensemble, row: readonly number[]): number[] {
  const expected = (known: number): number => {
    const from = (node: number): number => {
      const column = trees.feature[node] ?? -1;
      if (column < 0) return trees.value[node] ?? 0;
      const left = node + 1;
      const right = trees.right[node] ?? 0;
      const value = row[column] ?? Number.NaN;
      if ((known >> column) & 1) {
        const goesLeft = Number.isNaN(value)
          ? trees.missingLeft[node] === 1
          : value < (trees.threshold[node] ?? 0);
        return from(goesLeft ? left : right);
      }
      const cover = trees.cover[node] ?? 0;
      if (cover === 0) return 0;
      return ((trees.cover[left] ?? 0) * from(left) + (trees.cover[right] ?? 0) * from(right)) / cover;
    };
    let sum = 0;
    for (const root of trees.starts.subarray(0, -1)) sum += from(root);
    return sum;
  };
  const factorial = (number: number): number => (number <= 1 ? 1 : number * factorial(number - 1));
  return Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let known = 0; known < 1 << columns; known += 1) {
      if ((known >> column) & 1) continue;
      const size = known.toString(2).replaceAll("0", "").length;
      const weight = (factorial(size) * factorial(columns - size - 1)) / factorial(columns);
      sum += weight * (expected(known | (1 << column)) - expected(known));
    }
    return sum;
  });
}

type Drawn = {
  column: number;
  threshold: number;
  missingLeft: boolean;
  value: number;
  cover: number;
  split: boolean;
};
const drawn: fc.Arbitrary<Drawn> = fc.record({
  column: fc.nat(columns - 1),
  threshold: fc.integer({ min: -3, max: 3 }),
  missingLeft: fc.boolean(),
  value: fc.double({ min: -2, max: 2, noNaN: true }),
  cover: fc.integer({ min: 0, max: 50 }),
  split: fc.boolean(),
});

/** Nodes by a heap's order, as deep as they were drawn to split; covers add up. */
function treeOf(nodes: readonly Drawn[], depth: number): TreeNodes {
  const list = (): number[] => [];
  const made = {
    ...{ feature: list(), threshold: list(), left: list(), right: list() },
    ...{ missingLeft: list(), value: list(), cover: list() },
  };
  const add = (at: number, level: number): number => {
    const one = nodes[at % nodes.length];
    const node = made.feature.length;
    for (const one of Object.values(made)) one.push(0);
    made.missingLeft[node] = one?.missingLeft ? 1 : 0;
    made.value[node] = one?.value ?? 0;
    made.threshold[node] = one?.threshold ?? 0;
    if (level === depth || !one?.split) {
      made.feature[node] = -1;
      made.cover[node] = one?.cover ?? 0;
      return node;
    }
    made.feature[node] = one.column;
    made.left[node] = add(2 * at + 1, level + 1);
    made.right[node] = add(2 * at + 2, level + 1);
    made.cover[node] = (made.cover[made.left[node] ?? 0] ?? 0) + (made.cover[made.right[node] ?? 0] ?? 0);
    return node;
  };
  add(0, 0);
  return made;
}

test("is what Shapley's definition says, on trees of every shape", () => {
  const cell = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -4, max: 4 }) }, fc.constant(Number.NaN));
  fc.assert(
    fc.property(
      fc.array(fc.array(drawn, { minLength: 1, maxLength: 31 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(cell, { minLength: columns, maxLength: columns }),
      (drawings, depth, row) => {
        const trees = ensembleOf(
          drawings.map((nodes) => treeOf(nodes, depth)),
          0.25,
          columns,
        );
        const { bias, explain } = explainer(trees);
        const into = new Float64Array(columns);
        explain([Float64Array.from(row)], [into]);
        for (const [column, value] of byDefinition(trees, row).entries())
          expect(into[column]).toBeCloseTo(value, 10);
        const seen = trees.starts.subarray(0, -1).every((root) => (trees.cover[root] ?? 0) > 0);
        const sum = into.reduce((whole, one) => whole + one, bias);
        // Where training data never was, expectations are of nothing.
        if (seen && trees.cover.every((cover) => cover > 0))
          expect(sum).toBeCloseTo(marginOf(trees, row), 10);
      },
    ),
    { numRuns: 500 },
  );
});

test("of many features on one path it is exact as well", () => {
  const depth = 40;
  const at = Array.from({ length: depth }, (_, level) => level);
  const chain: TreeNodes = {
    feature: [...at, ...at.map(() => -1), -1],
    threshold: [...at.map(() => 0.5), ...at.map(() => 0), 0],
    left: [...at.map((level) => depth + level), ...at.map(() => 0), 0],
    right: [...at.map((level) => (level + 1 < depth ? level + 1 : 2 * depth)), ...at.map(() => 0), 0],
    missingLeft: Array.from({ length: 2 * depth + 1 }, () => 0),
    value: [...at.map(() => 0), ...at.map((level) => Math.sin(level)), 3],
    cover: [...at.map((level) => depth + 1 - level), ...at.map(() => 1), 1],
  };
  const trees = ensembleOf([chain], 0, depth);
  const { bias, explain } = explainer(trees);
  const row = at.map((level) => (level % 3 === 0 ? 0 : 1));
  const into = new Float64Array(depth);
  explain(
    [row.map(() => 1), row].map((one) => Float64Array.from(one)),
    [new Float64Array(depth), into],
  );
  expect(into.reduce((whole, one) => whole + one, bias)).toBeCloseTo(marginOf(trees, row), 12);
});
