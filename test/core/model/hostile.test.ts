import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { modelInFile } from "../../../adapters/models/model-file.ts";
import { UserError } from "../../../core/errors.ts";
import { learn } from "../../../core/model/learn.ts";
import { learntDocument } from "../../../core/model/learnt-document.ts";
import { modelIn } from "../../../core/model/model-in.ts";
import { explained, margins } from "../../../core/model/predict.ts";
import { speak } from "../../../core/model/speak.ts";
import { seeded } from "../../../core/stats/random.ts";

const random = seeded(5);
const added = Float64Array.from({ length: 300 }, () => Math.round(200 * random.uniform()));
const files = added.map(() => 1 + random.poisson(3));
const history = {
  table: { names: ["la", "nf"], columns: [added, files], rows: 300 },
  labels: Uint8Array.from(added, (one, row) =>
    random.uniform() < one / 500 + (files[row] ?? 0) / 14 ? 1 : 0,
  ),
  times: added.map((_, row) => 1_700_000_000 + row * 3600),
};
const good = JSON.parse(JSON.stringify(learntDocument(learn(history), history, { time: "ts" })));

const xgboostTree = {
  base_weights: [0, -1, 1],
  default_left: [0, 0, 0],
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_conditions: [0.1, -1, 1],
  split_indices: [0, 0, 0],
  split_type: [0, 0, 0],
  sum_hessian: [4, 3, 1],
};
const xgboost = {
  version: [3, 2, 0],
  learner: {
    feature_names: ["la"],
    objective: { name: "binary:logistic" },
    learner_model_param: { base_score: "[5E-1]", num_feature: "1" },
    gradient_booster: { name: "gbtree", model: { trees: [xgboostTree] } },
  },
};
const lightgbm = `tree
version=v4
num_tree_per_iteration=1
max_feature_idx=0
objective=binary sigmoid:1
feature_names=la

Tree=0
num_leaves=3
num_cat=0
split_feature=0 0
threshold=10 50
decision_type=2 2
left_child=-1 -2
right_child=1 -3
leaf_value=-0.5 0.1 0.8
leaf_count=50 30 20
internal_count=100 50
`;

/** The same document with one place of it put otherwise. */
function withPlace(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(document);
  const last = path.at(-1);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = Object(at)[key];
  if (last !== undefined) Object(at)[last] = value;
  return copy;
}
const own = (path: string, value: unknown): string =>
  JSON.stringify(
    withPlace(
      good,
      path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
      value,
    ),
  );

test("what these tables damage is read as long as it is whole", () => {
  for (const text of [JSON.stringify(good), JSON.stringify(xgboost), lightgbm])
    expect(modelIn(text).features[0]).toBe("la");
});

describe("a model of ours that is none is refused with the reason", () => {
  const nodes = good.parts[0].feature.length;
  test.each([
    ["another kind", own("kind", "adaptive-deploy/policy"), "kind"],
    ["another version", own("schema_version", 2), "schema_version"],
    ["a key that nobody knows", own("run", "rm"), "run"],
    ["a feature twice", own("features", ["la", "la"]), 'Two features are called "la"'],
    ["a feature named __proto__", own("features", ["la", "__proto__"]), "no name of a column"],
    ["a feature over two lines", own("features", ["la", "n\nf"]), "no name of a column"],
    [
      "a feature renamed",
      own("features", ["la", "nff"]),
      'asks about "nf", which is none of its features; is it nff?',
    ],
    ["a feature missing", own("features", ["la"]), '"nf", which is none of its features'],
    ["a circle", own("parts.0.left.0", 0), "reached twice"],
    ["a child of two", own("parts.0.right.0", 1), "reached twice"],
    ["a child that is not there", own("parts.0.right.0", nodes + 5), "there is no such node"],
    ["a child before all", own("parts.0.left.0", -3), "there is no such node"],
    ["a threshold that is none", own("parts.0.threshold.0", null), "parts.0.threshold.0"],
    ["a leaf beyond sense", own("parts.0.value.0", 1e300), "parts.0.value.0"],
    ["a weight that overflows", own("parts.0.weight", 1e308), "parts.0.weight"],
    ["a weight that turns things round", own("parts.0.weight", -1), "parts.0.weight"],
    ["a cover below nothing", own("parts.0.cover.0", -1), "its cover is no number from 0"],
    ["a cover above its parent's", own("parts.0.cover.1", 1e9), "more than that of the node above"],
    ["a column that is none", own("parts.0.feature.0", 99), "asks for feature 99"],
    ["sizes that lie", own("parts.0.sizes.0", 1_000_000), "differ in length"],
    ["half a split", own("parts.0.feature.0", 0.5), "parts.0.feature.0"],
    ["a column asked twice", own("parts.1.columns", ["la", "la"]), 'asks about "la" twice'],
    ["slopes too few", own("parts.1.slopes", [1]), "one slope a column"],
    ["a slope beyond sense", own("parts.1.slopes.0", -1e30), "parts.1.slopes.0"],
    ["no parts", own("parts", []), "parts"],
    ["a calibration that turns things round", own("calibration", { slope: -1, shift: 0 }), "calibration"],
    [
      "a calibration that falls",
      own("calibration", { kind: "steps", at: [0, 1], says: [1, 0] }),
      "two lists of one length that rise",
    ],
    [
      "a calibration of one place twice",
      own("calibration", { kind: "steps", at: [1, 1], says: [0, 1] }),
      "two lists of one length that rise",
    ],
    ["a standing that falls", own("standing.quantiles.50", -900), "standing.quantiles"],
    ["a standing of few", own("standing.quantiles", [1, 2]), "standing.quantiles"],
    ["a window of another size", own("window.size", 5), "window.columns"],
    ["a window of one column", own("window.columns", [[1]]), "one list a feature"],
    ["a window as wide as the world", own("window.size", 1e12), "window.size"],
    ["words for numbers", own("parts.0.base", "1"), "parts.0.base"],
    ["a list", "[]", "It:"],
    ["nothing", "null", "It:"],
    ["brackets without end", "[".repeat(200_000), "neither JSON nor"],
  ])("%s", (_, text, said) => {
    expect(() => modelIn(text)).toThrow(said);
    expect(() => modelIn(text)).toThrow(UserError);
  });
});

describe("so is one of XGBoost and of LightGBM", () => {
  const tree = (more: object): string => {
    const path = ["learner", "gradient_booster", "model", "trees", 0];
    return JSON.stringify(withPlace(xgboost, path, { ...xgboostTree, ...more }));
  };
  const named = (...names: string[]): string => {
    const learner = { ...xgboost.learner, feature_names: names };
    const param = { base_score: "[5E-1]", num_feature: String(names.length) };
    return JSON.stringify({ ...xgboost, learner: { ...learner, learner_model_param: param } });
  };
  const changed = (from: string, to: string): string => lightgbm.replace(from, to);
  test.each([
    ["a node that is its own child", tree({ left_children: [0, -1, -1] }), "reached twice"],
    ["one child for two", tree({ right_children: [1, -1, -1] }), "reached twice"],
    ["a threshold beyond all numbers", tree({ split_conditions: [1e300, -1, 1] }), "its threshold"],
    ["a leaf beyond sense", tree({ split_conditions: [0.1, 1e30, 1] }), "its value"],
    ["a cover above its parent's", tree({ sum_hessian: [4, 4000, 1] }), "more than that of the node above"],
    ["a name twice", named("la", "la"), 'Two features are called "la"'],
    ["a name that means something", named("__proto__"), "no name of a column"],
    [
      "more columns than anybody has",
      named(...Array.from({ length: 2001 }, (_, at) => `c${at}`)),
      "2001 features",
    ],
    [
      "as many trees",
      changed("Tree=0", `${"Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\n".repeat(5001)}Tree=0`),
      "5002 trees",
    ],
    ["leaves as sand", changed("num_leaves=3", "num_leaves=1e9"), "num_leaves is no number from 1"],
    ["a threshold of nothing", changed("threshold=10", "threshold=nan"), "entry 0 of threshold is no number"],
    [
      "a threshold without end",
      changed("threshold=10", "threshold=inf"),
      "entry 0 of threshold is no number",
    ],
    ["a child that is no number", changed("left_child=-1", "left_child=x"), "entry 0 of left_child"],
    ["a child around the back", changed("left_child=-1", "left_child=-4294967297"), "no such node"],
    ["a circle", changed("right_child=1", "right_child=0"), "reached twice"],
    ["categories", changed("num_cat=0", "num_cat=1"), "by categories"],
    ["several classes", changed("objective=binary", "objective=multiclass"), "multiclass"],
    ["a stretched sigmoid", changed("sigmoid:1", "sigmoid:2"), "sigmoid:2"],
    ["a name too many", changed("feature_names=la", "feature_names=la nf"), "names 2 of 1"],
    [
      "fewer values than leaves",
      changed("leaf_value=-0.5", "leaf_value="),
      "leaf_value has 2 entries, not 3",
    ],
  ])("%s", (_, text, said) => {
    expect(() => modelIn(text)).toThrow(said);
    expect(() => modelIn(text)).toThrow(UserError);
  });
});

describe("whatever else is done to a file, it is refused or gives finite numbers", () => {
  const odd = fc.oneof(
    fc.constantFrom(null, -1, 0, 1, 0.5, 1e6, -1e6, 1e308, 5e-324, 2 ** 31, 2 ** 53, "", "__proto__", [], {}),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
  );
  const speaks = (text: string): void => {
    let model: ReturnType<typeof modelIn>;
    try {
      model = modelIn(text);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return;
    }
    const values = [0, 30, 1e12, -1e300, Number.NaN];
    const table = {
      names: model.features,
      columns: model.features.map(() => Float64Array.from(values)),
      rows: values.length,
    };
    const odds = margins(model, table);
    const { rows, bias } = explained(model, table);
    for (const [row, margin] of odds.entries()) {
      expect(margin).not.toBeNaN();
      expect(Math.abs(margin)).toBeLessThan(1e30);
      const sum = rows[row]?.reduce((whole, one) => whole + one, bias) ?? Number.NaN;
      expect(Math.abs(sum - margin)).toBeLessThanOrEqual(
        1e-6 * Math.max(1, Math.abs(margin), Math.abs(bias)),
      );
    }
    expect(speak(model, {}).probability).not.toBeNaN();
  };
  const places = (document: unknown, path: (string | number)[] = []): (string | number)[][] =>
    typeof document === "object" && document !== null
      ? Object.entries(document).flatMap(([key, value]) => {
          const here = [...path, Array.isArray(document) ? Number(key) : key];
          return [here, ...places(value, here)];
        })
      : [];

  test.each([
    ["ours", good],
    ["XGBoost's", xgboost],
  ])("%s", (_, document) => {
    const all = places(document);
    const harm = fc.array(fc.tuple(fc.nat({ max: all.length - 1 }), odd), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(harm, (harms) => {
        let harmed: unknown = document;
        for (const [at, value] of harms) {
          try {
            harmed = withPlace(harmed, all[at] ?? [], value);
          } catch {
            // An earlier harm took away what this one was to be done to.
          }
        }
        speaks(JSON.stringify(harmed));
      }),
      { numRuns: 300 },
    );
  });

  test("LightGBM's, and any text cut short", () => {
    const harm = fc.record({
      at: fc.nat({ max: lightgbm.length }),
      drop: fc.nat({ max: 12 }),
      put: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom("-1", "1e309", "=", "\n", "Tree=1\n", " 0 "),
      ),
    });
    fc.assert(
      fc.property(harm, ({ at, drop, put }) => {
        speaks(lightgbm.slice(0, at) + put + lightgbm.slice(at + drop));
        speaks(JSON.stringify(good).slice(0, at * 20));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a file is looked at before it is read", () => {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("one of a gibibyte is refused by its size", async () => {
    const path = join(folder, "large.json");
    writeFileSync(path, "{");
    truncateSync(path, 2 ** 30);
    await expect(modelInFile(path)).rejects.toThrow(/has 1073741824 bytes; at most 67108864 are read/);
  });

  test("what is no file is not read", async () => {
    await expect(modelInFile(devNull)).rejects.toThrow("is no file");
    await expect(modelInFile(folder)).rejects.toThrow("is no file");
  });
});
