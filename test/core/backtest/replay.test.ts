import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { casesOf } from "../../../core/backtest/cases.ts";
import { knownThen } from "../../../core/backtest/known-then.ts";
import { type Schedule, scheduleOf } from "../../../core/backtest/moments.ts";
import { learntAnew } from "../../../core/backtest/replay.ts";
import type { Dataset, Label, Sample } from "../../../core/learning/sample.ts";
import { aucByCounts } from "../../../core/stats/auc.ts";
import { seeded } from "../../../core/stats/random.ts";
import { datasetOfSamples, day, failed, past, sample, start, well } from "./past.ts";

function answered(dataset: Dataset, schedule: Schedule, names: readonly string[] = dataset.columns) {
  const steps = learntAnew(casesOf(dataset), schedule, names);
  let step = steps.next();
  for (; !step.done; step = steps.next())
    expect(step.value).toMatch(/^learning \d+ of \d+, of what was known on 20/);
  return step.value;
}

describe("what was known at a moment", () => {
  const moment = start + 100 * day;
  const known = (label: Label, at = start) => {
    // Three that went well, each known after ten days: that long a change has to be quiet here.
    const others = [0, 1, 2].map((index) =>
      sample(start + index * day, { la: index }, well(start + (index + 10) * day)),
    );
    const cases = casesOf(datasetOfSamples([...others, sample(at, { la: 9 }, label)]));
    const { history, tooNew } = knownThen(cases, moment, ["la"]);
    const place = Array.from(history.table.columns[0] ?? []).indexOf(9);
    if (place < 0) return "left out";
    return Number.isNaN(history.labels[place])
      ? tooNew === 1
        ? "too new"
        : "unknown"
      : history.labels[place];
  };
  test.each<[string, Label, number | string, number?]>([
    ["a failure that was known", failed(moment - 1), 1],
    ["a failure that came out later, of a change that had been quiet for long", failed(moment + 1), 0],
    [
      "a failure that came out later, of a change too new to count",
      failed(moment + 1),
      "too new",
      moment - day,
    ],
    ["one that went well and was known to", well(moment - 1), 0],
    ["one that went well, which nobody knew yet", well(moment + 1), "too new", moment - day],
    ["one of which nobody ever knew", { went: "unknown", because: "disputed" }, "unknown"],
    ["one of the moment itself", failed(moment), "left out", moment],
  ])("%s", (_, label, expected, at) => expect(known(label, at)).toBe(expected));

  test("a column that always says the same is not learnt from", () => {
    const cases = casesOf(
      datasetOfSamples([1, 2, 3].map((la) => sample(start + la, { la, nf: 1 }, well(start + la)))),
    );
    expect(knownThen(cases, start + day, ["la", "nf"]).history.table.names).toEqual(["la"]);
  });
});

describe("a replay looks at nothing that came later", () => {
  const dataset = past(700);
  const schedule = scheduleOf(casesOf(dataset), 3, {});
  const answers = answered(dataset, schedule);

  test("each part is asked of what was learnt before it, once", () => {
    expect(schedule.rows).toHaveLength(280);
    expect(schedule.parts.map(({ from, to }) => [from, to])).toEqual([
      [0, 94],
      [94, 188],
      [188, 280],
    ]);
    // Twenty days are eighty changes: of so many nobody could know yet.
    expect(answers.learnings.map(({ rows, too_new: tooNew }) => [rows, tooNew])).toEqual([
      [341, 79],
      [435, 79],
      [529, 79],
    ]);
  });

  test("whatever comes after a moment, labels known later among it, changes no answer before it", {
    timeout: 60_000,
  }, () => {
    const [first, second, last] = schedule.parts;
    if (first === undefined || second === undefined || last === undefined)
      throw new Error("Three parts were wanted.");
    const until = second.moment;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const chance = seeded(seed).uniform;
        const changed = dataset.samples.map((one): Sample => {
          if (one.at > until)
            return {
              ...one,
              facts: { ...one.facts, la: Math.round(500 * chance()) },
              label: chance() < 0.5 ? failed(one.at) : well(one.at),
            };
          if (one.label.went === "unknown" || one.label.knownAt <= until) return one;
          return { ...one, label: failed(until + 1 + 1e7 * chance()) };
        });
        const own = answered(datasetOfSamples(changed), { ...schedule, parts: [first, second] });
        expect(own.logOdds.subarray(0, second.from + 1)).toEqual(
          answers.logOdds.subarray(0, second.from + 1),
        );
      }),
      { numRuns: 5 },
    );
  });

  test("equal input, equal answers", () => {
    expect(answered(dataset, schedule).logOdds).toEqual(answers.logOdds);
  });
});

test("a column that gives failures away which nobody knew of yet is worth nothing", () => {
  // Late failures carry a mark. Whoever learnt from all labels at once would find it at once.
  const clean = past(700, 4);
  const end = (clean.samples.at(-1)?.at ?? 0) + 1000 * day;
  const marked = clean.samples.map((one): Sample => {
    const late = one.label.went === "failed" && one.at % 7 < 4;
    return { ...one, facts: { ...one.facts, mark: late ? 1 : 0 }, label: late ? failed(end) : one.label };
  });
  const dataset = datasetOfSamples(marked);
  const cases = casesOf(dataset);
  const schedule = scheduleOf(cases, 3, {});
  const labels = Uint8Array.from(schedule.rows, (row) => cases.labels[row] ?? 0);
  const areaWith = (names: readonly string[]): number =>
    aucByCounts(answered(dataset, schedule, names).logOdds, labels)();
  const all = areaWith(dataset.columns);
  const without = areaWith(dataset.columns.filter((name) => name !== "mark"));
  const told = aucByCounts(
    Float64Array.from(schedule.rows, (row) => cases.samples[row]?.facts.mark ?? 0),
    labels,
  )();
  expect(told).toBeGreaterThan(0.7);
  expect(all).toBeLessThan(without + 0.01);
});

describe("the schedule", () => {
  test("tests from a day on, and up to one", () => {
    const cases = casesOf(past(700));
    const [from, to] = [start + 120 * day, start + 160 * day];
    const { rows, parts } = scheduleOf(cases, 2, { from, to });
    const times = rows.map((row) => cases.times[row] ?? 0);
    expect([times[0], times.at(-1), parts.length]).toEqual([from, to, 2]);
  });

  test("waits until enough of both kinds is known to learn from", () => {
    const cases = casesOf(past(700));
    const { parts, rows } = scheduleOf(cases, 2, { from: start });
    const known = knownThen(cases, parts[0]?.moment ?? 0, ["la"]);
    expect([known.failures, rows.length > 500]).toEqual([10, true]);
  });

  test.each<[string, Dataset, RegExp]>([
    [
      "no labels",
      past(50, 1, () => ({ label: { went: "unknown", because: "too-new" } })),
      /Of 0 changes of which it is known how they went 0 failed/,
    ],
    ["one kind", past(50, 1, () => ({ label: well(start) })), /Of 50 changes .* 0 failed/],
    ["a few", past(12), /At least 10 of each kind are needed/],
    [
      "all failures at the beginning",
      past(300, 1, (index) => ({ label: (index < 30 ? failed : well)(start + index) })),
      /Of the \d+ changes that are left to test, .* 0 failed/,
    ],
    ["nothing", datasetOfSamples([]), /Of 0 changes/],
  ])("%s: nothing to prove, and why", (_, dataset, message) => {
    expect(() => scheduleOf(casesOf(dataset), 5, {})).toThrow(message);
  });
});
