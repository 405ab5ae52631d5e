import * as z from "zod";
import { badModel } from "./fault.ts";
import type { Model, Part } from "./model.ts";
import type { Ensemble } from "./trees/ensemble.ts";
import { ensembleOf, limits, type TreeNodes } from "./trees/nodes.ts";

/** A model as a file of the team's repository: numbers and names alone, read as data. */

const finite = z.number().refine(Number.isFinite);
const name = z.string().min(1).max(200);
const names = z.array(name).min(1).max(limits.columns);
/** Null: not known. JSON has no NaN. */
const perhaps = z.array(finite.nullable()).max(100_000);

const treesPart = z.strictObject({
  kind: z.literal("trees"),
  weight: finite,
  columns: names,
  base: finite,
  /** One list an entry for each node, tree after tree; `sizes` says how many nodes each tree has. */
  sizes: z.array(z.int().min(1)).min(1).max(limits.trees),
  feature: z.array(z.int()).max(limits.nodes),
  threshold: z.array(finite).max(limits.nodes),
  left: z.array(z.int()).max(limits.nodes),
  right: z.array(z.int()).max(limits.nodes),
  missing_left: z.array(z.int().min(0).max(1)).max(limits.nodes),
  value: z.array(finite).max(limits.nodes),
  cover: z.array(finite).max(limits.nodes),
});
const ranksPart = z.strictObject({
  kind: z.literal("ranks"),
  weight: finite,
  columns: names,
  intercept: finite,
  slopes: z.array(finite),
});
export const modelDocument = z.strictObject({
  schema_version: z.literal(1),
  kind: z.literal("adaptive-deploy/model"),
  features: names,
  /** Column of the time, where the changes came from a table that had one. */
  time: name.optional(),
  trained: z.strictObject({
    rows: z.int().min(0),
    failures: z.int().min(0),
    from: z.string(),
    to: z.string(),
    /** SHA-256 of the canonical table: what it learnt from can be told apart. */
    data: z.string(),
  }),
  parts: z
    .array(z.discriminatedUnion("kind", [treesPart, ranksPart]))
    .min(1)
    .max(10),
  window: z.strictObject({ size: z.int().min(1).max(100_000), columns: z.array(perhaps) }),
  calibration: z.strictObject({ slope: finite, shift: finite }),
});
export type ModelDocument = z.infer<typeof modelDocument>;

export function modelOf(document: unknown): Model & Pick<ModelDocument, "trained" | "time"> {
  const parsed = modelDocument.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badModel(`${issue?.path.join(".") || "It"}: ${issue?.message ?? "is of another form"}.`);
  }
  const { features, parts, window, calibration, trained, time } = parsed.data;
  if (window.columns.length !== features.length)
    throw badModel("window.columns: one list a feature is needed.");
  return {
    ...{ features, calibration, trained, time },
    parts: parts.map(partOf),
    window: {
      size: window.size,
      columns: window.columns.map((column) => Float64Array.from(column, (value) => value ?? Number.NaN)),
    },
  };
}

function partOf(part: ModelDocument["parts"][number]): Part {
  if (part.kind === "trees")
    return { kind: "trees", weight: part.weight, columns: part.columns, trees: treesOf(part) };
  if (part.slopes.length !== part.columns.length) throw badModel("parts: one slope a column is needed.");
  const { weight, columns, intercept, slopes } = part;
  return { kind: "ranks", weight, columns, line: { intercept, slopes } };
}

function treesOf(part: z.infer<typeof treesPart>): Ensemble {
  const total = part.sizes.reduce((sum, size) => sum + size, 0);
  const lists = [
    part.feature,
    part.threshold,
    part.left,
    part.right,
    part.missing_left,
    part.value,
    part.cover,
  ];
  if (lists.some(({ length }) => length !== total))
    throw badModel("parts: the lists of nodes differ in length.");
  let from = 0;
  const trees = part.sizes.map((size): TreeNodes => {
    const own = <One>(list: readonly One[]): One[] => list.slice(from, from + size);
    const tree = {
      feature: own(part.feature),
      threshold: own(part.threshold),
      left: own(part.left),
      right: own(part.right),
      missingLeft: own(part.missing_left),
      value: own(part.value),
      cover: own(part.cover),
    };
    from += size;
    return tree;
  });
  return ensembleOf(trees, part.base, part.columns.length);
}

export function documentOf(model: Model, about: Pick<ModelDocument, "trained" | "time">): ModelDocument {
  return {
    schema_version: 1,
    kind: "adaptive-deploy/model",
    features: [...model.features],
    ...about,
    parts: model.parts.map((part) =>
      part.kind === "trees"
        ? { kind: "trees", weight: part.weight, columns: [...part.columns], ...nodesIn(part.trees) }
        : { kind: "ranks", weight: part.weight, columns: [...part.columns], ...part.line },
    ),
    window: {
      size: model.window.size,
      columns: model.window.columns.map((column) =>
        Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
      ),
    },
    calibration: model.calibration,
  };
}

function nodesIn({ starts, feature, threshold, right, missingLeft, value, cover, base }: Ensemble) {
  const sizes = Array.from(starts.subarray(1), (end, tree) => end - (starts[tree] ?? 0));
  const root = sizes.flatMap((size, tree) => Array.from({ length: size }, () => starts[tree] ?? 0));
  const split = Array.from(feature, (column) => column !== -1);
  return {
    ...{ base, sizes, feature: Array.from(feature), threshold: Array.from(threshold) },
    left: root.map((from, node) => (split[node] ? node + 1 - from : 0)),
    right: root.map((from, node) => (split[node] ? (right[node] ?? 0) - from : 0)),
    missing_left: Array.from(missingLeft),
    value: Array.from(value),
    cover: Array.from(cover),
  };
}
