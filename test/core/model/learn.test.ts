import fc from "fast-check";
import { expect, test } from "vitest";
import { trailingRanks } from "../../../core/model/columns/trailing-ranks.ts";
import { documentOf, modelOf } from "../../../core/model/file.ts";
import { lineAt, logistic } from "../../../core/model/fit/logistic.ts";
import { learn } from "../../../core/model/learn.ts";
import { explained, margins, probabilityOf } from "../../../core/model/predict.ts";
import { seeded } from "../../../core/stats/random.ts";

/** Changes of which the larger fail more often, and one in ten says nothing of its age. */
function history(rows: number, seed: number) {
  const random = seeded(seed);
  const added = Float64Array.from({ length: rows }, () => Math.round(Math.exp(4 * random.uniform())));
  const files = Float64Array.from({ length: rows }, () => 1 + random.poisson(2));
  const age = Float64Array.from({ length: rows }, () =>
    random.uniform() < 0.1 ? Number.NaN : 100 * random.uniform(),
  );
  const labels = Uint8Array.from(added, (lines, row) =>
    random.uniform() < 1 / (1 + Math.exp(3 - Math.log(lines) - ((files[row] ?? 0) > 4 ? 1 : 0))) ? 1 : 0,
  );
  const times = Float64Array.from({ length: rows }, (_, row) => 1_700_000_000 + row * 3600);
  return { table: { names: ["la", "nf", "age"], columns: [added, files, age], rows }, labels, times };
}

test("what fails more often is said to, unseen; every column's part sums up to what is said", () => {
  const model = learn(history(3000, 1));
  const unseen = history(1000, 2);
  const odds = margins(model, unseen.table);
  const meanOf = (label: number) => {
    const own = odds.filter((_, row) => unseen.labels[row] === label);
    return own.reduce((sum, one) => sum + probabilityOf(one), 0) / own.length;
  };
  expect(meanOf(1)).toBeGreaterThan(meanOf(0) + 0.1);
  const { rows, bias, names } = explained(model, unseen.table);
  expect(names).toEqual(["la", "nf", "age", "la_per_file"]);
  for (const [row, values] of rows.entries())
    expect(values.reduce((sum, one) => sum + one, bias)).toBeCloseTo(odds[row] ?? Number.NaN, 10);
});

test("a model is the same model behind its file, and the same history gives the same one", () => {
  const model = learn(history(400, 3));
  const trained = { rows: 400, failures: 1, from: "a", to: "b", data: "c" };
  const text = JSON.stringify(documentOf(model, { trained, time: "ts" }));
  expect(JSON.stringify(documentOf(learn(history(400, 3)), { trained, time: "ts" }))).toBe(text);
  const { table } = history(50, 4);
  expect(margins(modelOf(JSON.parse(text)), table)).toEqual(margins(model, table));
});

test("ranks are those among the values before, counted one by one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      (values, size) => {
        const ranks = trailingRanks(size, 1);
        for (const [index, value] of values.entries()) {
          const before = values.slice(Math.max(0, index - size), index);
          const below = before.filter((one) => one < value).length;
          const beside = before.filter((one) => one === value).length;
          expect(ranks.next(value)).toEqual(
            before.length === 0 ? Number.NaN : (below + beside / 2) / before.length,
          );
        }
      },
    ),
  );
});

test("a logistic line lies where its likelihood no longer rises", () => {
  const { table, labels } = history(500, 5);
  const columns = table.columns.slice(0, 2).map((column) => column.map((value) => Math.log(value)));
  const weights = Float64Array.from(labels, (_, row) => 1 + (row % 3));
  const line = logistic({ columns, labels, weights }, 2);
  const slopes = [0, 0, 0];
  for (const [row, label] of labels.entries()) {
    const facts = columns.map((column) => column[row] ?? 0);
    const miss = (weights[row] ?? 0) * (label - probabilityOf(lineAt(line, facts)));
    for (const [index, fact] of [1, ...facts].entries()) slopes[index] = (slopes[index] ?? 0) + miss * fact;
  }
  const pulled = slopes.map((slope, index) => slope - (index === 0 ? 0 : 2 * (line.slopes[index - 1] ?? 0)));
  for (const slope of pulled) expect(slope).toBeCloseTo(0, 5);
});

test("columns that part the classes wholly lead to a line that ends somewhere", () => {
  const columns = [Float64Array.from([0, 0, 1, 1])];
  const { slopes } = logistic({ columns, labels: [0, 0, 1, 1], weights: [1, 1, 1, 1] }, 0.1);
  expect(slopes[0]).toBeGreaterThan(1);
  expect(slopes[0]).toBeLessThan(50);
});
