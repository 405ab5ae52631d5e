import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { modelIn } from "../../../core/model/model-in.ts";
import { explained, margins, probabilityOf } from "../../../core/model/predict.ts";

/** What XGBoost 3.2 and LightGBM 4.7 themselves say of 200 changes; the files lie beside the project, or nowhere. */
const folder = new URL("../../../../shared/data/models/", import.meta.url);
const tableOf = (name: string) => {
  const [head = "", ...lines] = readFileSync(new URL(name, folder), "utf8").trim().split("\n");
  const names = head.split(",");
  const cells = lines.map((line) => line.split(",").map(Number));
  const columns = names.map((_, column) => Float64Array.from(cells, (row) => row[column] ?? Number.NaN));
  return { names, columns, rows: lines.length };
};

describe.skipIf(!existsSync(folder))("models trained elsewhere", () => {
  // XGBoost reckons in single precision.
  test.each([
    ["xgb_100x6.json", 1e-5],
    ["xgb_500x6.json", 1e-5],
    ["lgb_100x6.txt", 1e-9],
    ["lgb_500x6.txt", 1e-9],
  ])("%s says what its library says, and why", (name, near) => {
    const model = modelIn(readFileSync(new URL(name, folder), "utf8"));
    const inputs = tableOf("inputs_200.csv");
    const reference = tableOf(name.replace(/\.\w+$/, "_ref_200.csv"));
    const column = (wanted: string) => reference.columns[reference.names.indexOf(wanted)] ?? [];
    const odds = margins(model, inputs);
    const { names, bias, rows } = explained(model, inputs);
    let off = 0;
    for (const [row, margin] of odds.entries()) {
      off = Math.max(off, Math.abs(margin - (column("margin")[row] ?? Number.NaN)));
      off = Math.max(off, Math.abs(probabilityOf(margin) - (column("prob")[row] ?? Number.NaN)));
      off = Math.max(off, Math.abs(bias - (column("phi_bias")[row] ?? Number.NaN)));
      for (const [index, feature] of names.entries())
        off = Math.max(
          off,
          Math.abs((rows[row]?.[index] ?? 0) - (column(`phi_${feature}`)[row] ?? Number.NaN)),
        );
    }
    expect(reference.rows).toBe(200);
    expect(off).toBeLessThan(near);
  });
});

const leaf = (value: number) => ({
  ...{ base_weights: [value], default_left: [0], left_children: [-1], right_children: [-1] },
  ...{ split_conditions: [value], split_indices: [0], split_type: [0], sum_hessian: [1] },
});
const stump = {
  ...{
    base_weights: [0, -1, 1],
    default_left: [0, 0, 0],
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
  },
  ...{
    split_conditions: [0.1, -1, 1],
    split_indices: [0, 0, 0],
    split_type: [0, 0, 0],
    sum_hessian: [4, 3, 1],
  },
};
const xgboost = (
  trees: object[],
  more: { learner?: object; booster?: string; base?: string; names?: string[] } = {},
) =>
  JSON.stringify({
    version: [3, 2, 0],
    learner: {
      feature_names: more.names ?? ["la"],
      objective: { name: "binary:logistic" },
      learner_model_param: { base_score: more.base ?? "[5E-1]", num_feature: "1" },
      gradient_booster: { name: more.booster ?? "gbtree", model: { trees } },
      ...more.learner,
    },
  });

test("a threshold in single precision splits as XGBoost splits, at every number around it", () => {
  const model = modelIn(xgboost([stump]));
  const single = Math.fround(0.1);
  const values = [single, 0.1, single - 1e-9, single + 1e-9, single - 3e-9, single - 4e-9, 0.099999999];
  const table = { names: ["la"], columns: [Float64Array.from(values)], rows: values.length };
  const expected = values.map((value) => (Math.fround(value) < single ? -1 : 1));
  expect(Array.from(margins(model, table))).toEqual(expected);
});

test("the base score of XGBoost 2 is a plain number", () => {
  const model = modelIn(xgboost([leaf(0)], { base: "2.5E-1" }));
  const [margin] = margins(model, { names: ["la"], columns: [Float64Array.of(1)], rows: 1 });
  expect(margin).toBeCloseTo(Math.log(1 / 3), 12);
});

describe("what is no model is refused with the reason", () => {
  const circle = { ...stump, left_children: [1, 0, -1], right_children: [2, 0, -1] };
  const deep = (depth: number) => {
    const nodes = Array.from({ length: 2 * depth + 1 }, (_, node) => node);
    const isEnd = (node: number) => node % 2 === 1 || node === 2 * depth;
    return {
      base_weights: nodes.map(() => 0),
      default_left: nodes.map(() => 0),
      left_children: nodes.map((node) => (isEnd(node) ? -1 : node + 1)),
      right_children: nodes.map((node) => (isEnd(node) ? -1 : node + 2)),
      split_conditions: nodes.map(() => 1),
      split_indices: nodes.map(() => 0),
      split_type: nodes.map(() => 0),
      sum_hessian: nodes.map(() => 1),
    };
  };
  test.each([
    ["nothing", "", "neither JSON nor"],
    ["other JSON", "{}", "schema_version"],
    ["a circle", xgboost([circle]), "reached twice"],
    ["a child that is not there", xgboost([{ ...stump, right_children: [7, -1, -1] }]), "no such node"],
    ["nodes that nothing leads to", xgboost([{ ...stump, left_children: [-1, -1, -1] }]), "nothing leads to"],
    ["lists of two lengths", xgboost([{ ...stump, sum_hessian: [1] }]), "differ in length"],
    ["a split by categories", xgboost([{ ...stump, split_type: [1, 0, 0] }]), "by categories"],
    ["a threshold that is none", xgboost([stump]).replace("0.1", "null"), "split_conditions"],
    ["a column beyond its names", xgboost([{ ...stump, split_indices: [4, 0, 0] }]), "asks for feature 4"],
    ["a cover below nothing", xgboost([{ ...stump, sum_hessian: [-1, 3, 1] }]), "its cover"],
    ["a tree without end", xgboost([deep(200)]), "deeper than 64"],
    ["columns without names", xgboost([stump], { names: [] }), "names 0 of 1"],
    ["lines in place of trees", xgboost([stump], { booster: "gblinear" }), "gblinear"],
    ["a base that is no probability", xgboost([stump], { base: "[2]" }), "base_score"],
    ["no trees", xgboost([]), "no trees"],
    [
      "another objective",
      xgboost([stump], { learner: { objective: { name: "reg:squarederror" } } }),
      "reg:squarederror",
    ],
    ["another text", "tree\nversion=v4\nobjective=regression\n", "regression"],
    [
      "a LightGBM tree of lies",
      "tree\nnum_tree_per_iteration=1\nobjective=binary sigmoid:1\nmax_feature_idx=0\nfeature_names=la\n\nTree=0\nnum_leaves=3\nnum_cat=0\n",
      "leaf_value has 0 entries",
    ],
  ])("%s", (_, text, said) => {
    expect(() => modelIn(text)).toThrow(said);
  });
});
