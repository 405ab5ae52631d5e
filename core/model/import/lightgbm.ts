import { badModel } from "../fault.ts";
import { checkFeatures } from "../names.ts";
import { nextAbove } from "../trees/next-number.ts";
import { ensembleOf, limits, type TreeNodes } from "../trees/nodes.ts";
import type { Imported } from "./xgboost.ts";

/** Models of LightGBM, as `save_model("….txt")` writes them: one class against the other, trees of plain splits. */
export function fromLightgbm(text: string): Imported {
  const [head = "", ...blocks] = text.split(/^Tree=/m);
  const header = entriesOf(head);
  const [objective = "", ...details] = (header.get("objective") ?? "").split(" ");
  if (objective !== "binary" || header.get("num_tree_per_iteration") !== "1")
    throw badModel(`Its objective is ${objective || "not given"}; binary alone is read.`);
  const sigmoid = details.find((one) => one.startsWith("sigmoid:")) ?? "sigmoid:1";
  if (sigmoid !== "sigmoid:1") throw badModel(`It has ${sigmoid}; only sigmoid:1 is read.`);
  if (head.includes("average_output")) throw badModel("It is a random forest; boosted trees alone are read.");
  const features = (header.get("feature_names") ?? "").split(" ").filter((name) => name !== "");
  const columns = Number(header.get("max_feature_idx")) + 1;
  if (features.length !== columns) throw badModel(`It names ${features.length} of ${columns} features.`);
  checkFeatures(features);
  const trees = ensembleOf(blocks.map(nodesOf), 0, columns);
  return { trees, features, trainer: `LightGBM, model ${header.get("version") ?? "of no version"}` };
}

function entriesOf(block: string): Map<string, string> {
  const lines = block.split("\n").map((line) => line.trim());
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

const missingNone = 0;
const missingNumber = 2;

/** Inner nodes come first and leaves behind them; a child below 0 is the leaf of its complement. */
function nodesOf(block: string, index: number): TreeNodes {
  const entries = entriesOf(block);
  const leaves = Number(entries.get("num_leaves"));
  if (!Number.isInteger(leaves) || leaves < 1 || leaves > limits.nodes)
    throw badModel(`Tree ${index}: num_leaves is no number from 1 to ${limits.nodes}.`);
  if (entries.get("num_cat") !== "0")
    throw badModel(`Tree ${index} splits by categories; only splits by number are read.`);
  if ((entries.get("is_linear") ?? "0") !== "0")
    throw badModel(`Tree ${index} has lines in its leaves; only numbers are read.`);
  const inner = leaves - 1;
  const list = (name: string, length: number): number[] => {
    const found = (entries.get(name) ?? "")
      .split(" ")
      .filter((one) => one !== "")
      .map(Number);
    if (found.length !== length)
      throw badModel(`Tree ${index}: ${name} has ${found.length} entries, not ${length}.`);
    const odd = found.findIndex((one) => !Number.isFinite(one));
    if (odd >= 0) throw badModel(`Tree ${index}: entry ${odd} of ${name} is no number.`);
    return found;
  };
  const value = list("leaf_value", leaves);
  // A tree that never split may not say how many rows it saw.
  const counts = inner === 0 ? [1] : list("leaf_count", leaves);
  const kinds = list("decision_type", inner);
  const thresholds = list("threshold", inner);
  const none = Array.from({ length: leaves }, () => 0);
  const child = (one: number): number => (one >= 0 ? one : inner - one - 1);
  return {
    feature: [...list("split_feature", inner), ...none.map(() => -1)],
    // LightGBM sends what equals the threshold to the left.
    threshold: [...thresholds.map(nextAbove), ...none],
    left: [...list("left_child", inner).map(child), ...none],
    right: [...list("right_child", inner).map(child), ...none],
    missingLeft: [...kinds.map((kind, node) => missingLeft(kind, thresholds[node] ?? 0, index)), ...none],
    value: [...Array.from({ length: inner }, () => 0), ...value],
    cover: [...list("internal_count", inner), ...counts],
  };
}

function missingLeft(kind: number, threshold: number, index: number): boolean {
  const missing = (kind >> 2) & 3;
  if (missing === missingNumber) return (kind & 2) !== 0;
  if (missing === missingNone) return threshold >= 0;
  throw badModel(`Tree ${index} takes zero for missing; train it without zero_as_missing.`);
}
