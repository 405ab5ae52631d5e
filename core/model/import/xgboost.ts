import * as z from "zod";
import { badModel } from "../fault.ts";
import { checkFeatures } from "../names.ts";
import type { Ensemble } from "../trees/ensemble.ts";
import { singleThreshold } from "../trees/next-number.ts";
import { ensembleOf, type TreeNodes } from "../trees/nodes.ts";

/** Models of XGBoost 2 and 3, as `save_model("….json")` writes them: binary classification with trees of plain splits. */

const numbers = z.array(z.number());
const tree = z.looseObject({
  base_weights: numbers,
  default_left: z.array(z.union([z.number(), z.boolean()])),
  left_children: z.array(z.int()),
  right_children: z.array(z.int()),
  split_conditions: numbers,
  split_indices: z.array(z.int()),
  split_type: z.array(z.int()).default([]),
  sum_hessian: numbers,
});
const file = z.looseObject({
  version: z.array(z.int()),
  learner: z.looseObject({
    feature_names: z.array(z.string()).default([]),
    objective: z.looseObject({ name: z.string() }),
    learner_model_param: z.looseObject({ base_score: z.string(), num_feature: z.string() }),
    gradient_booster: z.looseObject({
      name: z.string().default("gbtree"),
      model: z.looseObject({ trees: z.array(tree) }).optional(),
    }),
  }),
});

export type Imported = { trees: Ensemble; features: string[]; trainer: string };

export function fromXgboost(document: unknown): Imported {
  const parsed = file.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badModel(`${issue?.path.join(".") ?? "It"}: ${issue?.message ?? "is of another form"}.`);
  }
  const { version, learner } = parsed.data;
  const { name, model } = learner.gradient_booster;
  if (name !== "gbtree" || model === undefined)
    throw badModel(`Its booster is ${name}; gbtree alone is read.`);
  if (learner.objective.name !== "binary:logistic")
    throw badModel(`Its objective is ${learner.objective.name}; binary:logistic alone is read.`);
  const columns = Number(learner.learner_model_param.num_feature);
  const features = learner.feature_names;
  if (features.length !== columns)
    throw badModel(`It names ${features.length} of ${columns} features. Train it with named columns.`);
  checkFeatures(features);
  const trees = ensembleOf(model.trees.map(nodesOf), baseOf(learner.learner_model_param.base_score), columns);
  return { trees, features, trainer: `XGBoost ${version.join(".")}` };
}

/** A probability: plain text up to XGBoost 2, a list of one from 3. */
function baseOf(text: string): number {
  const share = Number(text.replace(/^\[(.*)\]$/, "$1"));
  if (!(share > 0 && share < 1)) throw badModel("learner.learner_model_param.base_score is no probability.");
  return Math.log(share / (1 - share));
}

function nodesOf(one: z.infer<typeof tree>, index: number): TreeNodes {
  const { length } = one.left_children;
  const lists = [
    one.base_weights,
    one.default_left,
    one.right_children,
    one.split_conditions,
    one.split_indices,
    one.sum_hessian,
  ];
  if (lists.some((list) => list.length !== length))
    throw badModel(`Tree ${index}: its lists differ in length.`);
  if (one.split_type.some((type) => type !== 0))
    throw badModel(`Tree ${index} splits by categories; only splits by number are read.`);
  const isEnd = (node: number): boolean => one.left_children[node] === -1;
  return {
    feature: one.split_indices.map((column, node) => (isEnd(node) ? -1 : column)),
    threshold: one.split_conditions.map(singleThreshold),
    left: one.left_children,
    right: one.right_children,
    missingLeft: one.default_left,
    // In a leaf the split's place holds what the leaf says.
    value: one.split_conditions,
    cover: one.sum_hessian,
  };
}
