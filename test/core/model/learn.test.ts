import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trailingRanks } from "../../../core/model/columns/trailing-ranks.ts";
import { modelOf } from "../../../core/model/file.ts";
import { lineAt, logistic } from "../../../core/model/fit/logistic.ts";
import { learn } from "../../../core/model/learn.ts";
import { learntDocument } from "../../../core/model/learnt-document.ts";
import { explained, margins, probabilityOf } from "../../../core/model/predict.ts";
import { speak } from "../../../core/model/speak.ts";
import { auc } from "../../../core/stats/auc.ts";
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
  const text = JSON.stringify(learntDocument(model, history(400, 3), { time: "ts" }));
  const again = learntDocument(learn(history(400, 3)), history(400, 3), { time: "ts" });
  expect(JSON.stringify(again)).toBe(text);
  const { table } = history(50, 4);
  const read = modelOf(JSON.parse(text));
  expect(margins(read, table)).toEqual(margins(model, table));
  expect(read.proof).toEqual(model.proof);
  expect(read.trained).toMatchObject({ rows: 400, prior_share: model.priorShare });
});

test("a file from before calibrations had kinds is still read", () => {
  const whole = learntDocument(learn(history(400, 3)), history(400, 3), {});
  const { standing: _, proof: __, ...older } = { ...whole, calibration: { slope: 2, shift: 1 } };
  expect(modelOf(older).calibration).toEqual({ kind: "line", slope: 2, shift: 1 });
});

test("one change is spoken of as the table would be, and stands among those that were not seen", () => {
  const model = learn(history(3000, 1));
  const { table } = history(1, 9);
  const facts = Object.fromEntries(table.names.map((name, at) => [name, table.columns[at]?.[0]]));
  const spoken = speak(model, facts);
  expect(spoken.logOdds).toBeCloseTo(margins(model, table)[0] ?? Number.NaN, 10);
  const sum = spoken.contributors.reduce((whole, { logOdds }) => whole + logOdds, spoken.bias);
  expect(sum).toBe(spoken.logOdds);
  expect(spoken.contributors.map(({ name, value }) => [name, value])).toEqual([
    ...table.names.map((name) => [name, facts[name]]),
    ["la_per_file", (facts.la ?? 0) / ((facts.nf ?? 0) + 1)],
  ]);
  const ranks = [0, 10, 50].map((la) => speak(model, { la, nf: 3, age: 50 }).rankPercent ?? Number.NaN);
  expect(ranks).toEqual(ranks.toSorted((one, two) => one - two));
  expect(ranks[2]).toBeGreaterThan(90);
  expect(ranks[0]).toBeLessThan(20);
  expect(speak(model, { la: 3 })).toMatchObject({ unknownShare: 2 / 3 });
});

test("the proof is of changes that were not learnt from", () => {
  const { proof } = learn(history(3000, 1));
  expect(proof?.rows).toBe(600);
  expect(proof?.auc_low).toBeLessThan(proof?.auc ?? 0);
  expect(proof?.auc_high).toBeGreaterThan(proof?.auc ?? 1);
  expect(proof?.ece).toBeLessThan(0.08);
  // Labels by chance: whoever were judged by what was learnt from would still find something.
  const random = seeded(8);
  const noise = {
    ...history(3000, 1),
    labels: Uint8Array.from({ length: 3000 }, () => random.uniform() * 2),
  };
  expect(learn(noise).proof?.auc).toBeLessThan(0.56);
});

test("the proof looks at no label that nobody knew yet when its first change was made", () => {
  const whole = history(1000, 1);
  const moment = whole.times[800] ?? 0;
  const knownAt = whole.times.map((at) => at + 100 * 3600);
  const other = whole.labels.map((label, row) =>
    row < 800 && (knownAt[row] ?? 0) > moment ? 1 - label : label,
  );
  expect(other).not.toEqual(whole.labels);
  const proofOf = (labels: Uint8Array) => learn({ ...whole, labels, knownAt }).proof;
  expect(proofOf(other)).toEqual(proofOf(whole.labels));
  expect(learn({ ...whole, labels: other }).proof).not.toEqual(learn(whole).proof);
});

describe("with little known", () => {
  const unknown = (rows: number) => ({
    ...history(rows, 6),
    labels: new Float64Array(rows).fill(Number.NaN),
  });

  test("the shipped prior speaks, in ranks of the project's own changes, and says nothing for certain", () => {
    const model = learn(unknown(100));
    expect(model.priorShare).toBe(1);
    expect(model.proof).toBeUndefined();
    const { table, labels } = history(1000, 7);
    expect(auc(margins(model, table), labels)).toBeGreaterThan(0.6);
    const large = speak(model, { la: 50, nf: 6, age: 5 });
    expect(large.probability).toBeGreaterThan(speak(model, { la: 1, nf: 1, age: 90 }).probability + 0.1);
    expect(large.rankPercent).toBeGreaterThan(80);
  });

  test("its own outcomes take over step by step", () => {
    const shares = [100, 400, 3000].map((rows) => learn(history(rows, 6)).priorShare);
    expect(shares).toEqual(shares.toSorted((one, two) => two - one));
    expect(shares.at(-1)).toBeLessThan(0.25);
  });

  test("a change nobody knows the outcome of yet counts among those that others are ranked among, and for nothing else", () => {
    const known = history(400, 3);
    const labels = Float64Array.from({ length: 450 }, (_, row) => known.labels[row] ?? Number.NaN);
    const longer = { ...history(450, 3), labels };
    expect(learntDocument(learn(longer), longer, {}).trained).toMatchObject({ rows: 400 });
    expect(learn(longer).window.columns[0]).toHaveLength(450);
  });

  test("of columns that the prior does not know it is refused, with those that it knows", () => {
    const { table, ...rest } = unknown(50);
    const renamed = { ...rest, table: { ...table, names: ["a", "b", "c"] } };
    expect(() => learn(renamed)).toThrow(/0 changes failed and 0 went well; .* la, ld, nf/);
  });

  test("what does worse than lines added goes by lines added", () => {
    const random = seeded(12);
    const rows = 2000;
    const added = Float64Array.from({ length: rows }, () => Math.round(500 * random.uniform()));
    // A column that told all until the newest part, and there says the opposite.
    const labels = Uint8Array.from(added, (one) => (random.uniform() < one / 800 ? 1 : 0));
    const trap = Float64Array.from(labels, (label, row) => (row < 1500 ? label : 1 - label));
    const table = { names: ["trap", "la"], columns: [trap, added], rows };
    const model = learn({ table, labels, times: added.map((_, row) => 1.7e9 + row * 3600) });
    expect(model.linesAddedOnly).toBe(true);
    const parts = speak(model, { la: 400, trap: 1 }).contributors;
    expect(parts.find(({ name }) => name === "trap")?.logOdds).toBe(0);
  });
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
