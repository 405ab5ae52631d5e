import * as z from "zod";
import { badModel } from "./fault.ts";
import type { Model, Part } from "./model.ts";
import { checkAsked, checkFeatures } from "./names.ts";
import type { Ensemble } from "./trees/ensemble.ts";
import { ensembleOf, limits, type TreeNodes } from "./trees/nodes.ts";

/** A model as a file of the team's repository: numbers and names alone, read as data. */

/** No model says more than this about anything, and sums of as much stay numbers. */
const most = 1e6;
const finite = z.number().refine(Number.isFinite);
const bounded = z.number().min(-most).max(most);
const name = z.string().min(1).max(200);
const names = z.array(name).min(1).max(limits.columns);
/** Null: not known. JSON has no NaN. */
const perhaps = z.array(finite.nullable()).max(100_000);

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const points = z.array(bounded).min(1).max(1000);
const line = z.strictObject({
  kind: z.literal("line").default("line"),
  slope: finite.positive(),
  shift: finite,
});
/** How a model did on the newest changes, taught with the older ones alone. */
const proof = z.strictObject({
  rows: count,
  failures: count,
  auc: share,
  auc_low: share,
  auc_high: share,
  brier: share,
  ece: share,
  lines_added_auc: share.optional(),
  heuristic_auc: share.optional(),
});

const treesPart = z.strictObject({
  kind: z.literal("trees"),
  weight: bounded.min(0),
  columns: names,
  base: bounded,
  /** One list an entry for each node, tree after tree; `sizes` says how many nodes each tree has. */
  sizes: z.array(z.int().min(1)).min(1).max(limits.trees),
  feature: z.array(z.int()).max(limits.nodes),
  threshold: z.array(finite).max(limits.nodes),
  left: z.array(z.int()).max(limits.nodes),
  right: z.array(z.int()).max(limits.nodes),
  missing_left: z.array(z.int().min(0).max(1)).max(limits.nodes),
  value: z.array(bounded).max(limits.nodes),
  cover: z.array(finite).max(limits.nodes),
});
const ranksPart = z.strictObject({
  kind: z.literal("ranks"),
  weight: bounded.min(0),
  columns: names,
  intercept: bounded,
  slopes: z.array(bounded).max(limits.columns),
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
    from: z.string().max(200),
    to: z.string().max(200),
    /** SHA-256 of the canonical table: what it learnt from can be told apart. */
    data: z.string().max(200),
    /** The commit that history was read up to. */
    head: z.string().max(200).optional(),
    /** What its failures were, where all were the same; "failed" where absent. */
    outcome: z.enum(["failed", "rolled-back"]).optional(),
    /** How much of what is said comes from the shipped prior, from 0 to 1. */
    prior_share: share.optional(),
  }),
  parts: z
    .array(z.discriminatedUnion("kind", [treesPart, ranksPart]))
    .min(1)
    .max(10),
  window: z.strictObject({ size: z.int().min(1).max(100_000), columns: z.array(perhaps) }),
  calibration: z.union([line, z.strictObject({ kind: z.literal("steps"), at: points, says: points })]),
  standing: z.strictObject({ quantiles: z.array(bounded).length(101), changes: count.optional() }).optional(),
  proof: proof.optional(),
});
export type ModelDocument = z.infer<typeof modelDocument>;
export type Proof = z.infer<typeof proof>;

/** What a file says of its model beside the model itself. */
export type About = Pick<ModelDocument, "trained" | "time" | "proof">;

export function modelOf(document: unknown): Model & About {
  const parsed = modelDocument.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badModel(`${issue?.path.join(".") || "It"}: ${issue?.message ?? "is of another form"}.`);
  }
  const { features, parts, window, calibration, standing, trained, time, proof } = parsed.data;
  checkFeatures(features);
  for (const { columns } of parts) checkAsked(columns, features);
  checkWindow(window, features.length);
  if (standing !== undefined && !rises(standing.quantiles)) throw badModel("standing.quantiles: they fall.");
  if (calibration.kind === "steps") checkSteps(calibration);
  return {
    ...{ features, calibration, standing, trained, time, proof },
    parts: parts.map(partOf),
    window: {
      size: window.size,
      columns: window.columns.map((column) => Float64Array.from(column, (value) => value ?? Number.NaN)),
    },
  };
}

function checkWindow({ size, columns }: ModelDocument["window"], features: number): void {
  if (columns.length !== features) throw badModel("window.columns: one list a feature is needed.");
  const [first = []] = columns;
  if (first.length > size || columns.some(({ length }) => length !== first.length))
    throw badModel(`window.columns: lists of one length, at most ${size}, are needed.`);
}

function rises(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
}

function checkSteps({ at, says }: { at: readonly number[]; says: readonly number[] }): void {
  const climbs = at.every((value, index) => index === 0 || value > (at[index - 1] ?? 0));
  if (at.length !== says.length || !climbs || !rises(says))
    throw badModel("calibration: at and says are two lists of one length that rise.");
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

export function documentOf(model: Model, about: About): ModelDocument {
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
    calibration:
      model.calibration.kind === "line"
        ? model.calibration
        : { kind: "steps", at: [...model.calibration.at], says: [...model.calibration.says] },
    ...(model.standing && {
      standing: { ...model.standing, quantiles: [...model.standing.quantiles] },
    }),
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
