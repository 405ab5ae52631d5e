import { describe, expect, it } from "vitest";
import { type Column, columnsOf, firstToAsk, seriesOf, writeAnswer } from "../../../core/analysis/columns.ts";
import type { Part } from "../../../core/analysis/questions.ts";

const part = (asked: Part["asked"], arm: Part["arm"] = "candidate"): Part => ({
  metric: "errors",
  arm,
  asked,
  query: "q",
  form: asked === "buckets" ? "buckets" : "value",
  shiftSeconds: 0,
});
const answer = (values: (number | null)[], partial = false) => ({
  values,
  buckets: [],
  warnings: [],
  partial,
});
const columnOf = (asked: Part["asked"] = "total"): Column => {
  const [column] = columnsOf([part(asked)]);
  if (!column) throw new Error("no column");
  return column;
};

describe("what is still to be asked", () => {
  it("is every window that nobody answered, from the first on", () => {
    const column = columnOf();
    expect(firstToAsk(column, 0)).toBeUndefined();
    expect(firstToAsk(column, 3)).toBe(0);
    writeAnswer(column, 0, 2, answer([1, 2]));
    expect(firstToAsk(column, 2)).toBeUndefined();
    expect(firstToAsk(column, 3)).toBe(2);
  });

  it("is a window without a value once more, one window later and never again", () => {
    const column = columnOf();
    writeAnswer(column, 0, 1, answer([null]));
    expect(firstToAsk(column, 2)).toBe(0);
    writeAnswer(column, 0, 2, answer([null, 5]));
    expect(firstToAsk(column, 3)).toBe(2);
  });

  it("is what was not answered at all, however long ago", () => {
    const column = columnOf();
    writeAnswer(column, 5, 1, answer([7]));
    expect(firstToAsk(column, 6)).toBe(0);
  });

  it("takes partial answers for nothing, and keeps what stands", () => {
    const column = columnOf();
    writeAnswer(column, 0, 2, answer([1, 2], true));
    expect(column.values).toEqual([null, null]);
    writeAnswer(column, 0, 2, answer([3, null]));
    writeAnswer(column, 0, 2, answer([9, 4]));
    expect(column.values).toEqual([3, 4]);
  });
});

describe("measurements of columns", () => {
  const metrics = [{ name: "errors", metric: { kind: "ratio", total: "t", bad: "b" } as const }];

  it("have a null for whatever is not known", () => {
    const columns = columnsOf([part("total"), part("bad"), part("total", "baseline")]);
    for (const column of columns) writeAnswer(column, 0, 1, answer([8]));
    expect(seriesOf(metrics, columns, 2)).toEqual({
      errors: {
        kind: "ratio",
        worse: "higher",
        baseline: { total: [8, null], bad: [null, null] },
        candidate: { total: [8, null], bad: [8, null] },
      },
    });
  });

  it("come back as the same columns, whose gaps are asked for again", () => {
    const columns = columnsOf([part("total"), part("bad")]);
    for (const column of columns) writeAnswer(column, 0, 3, answer([8, null, 9]));
    const before = { id: "x", window_seconds: 60, metrics: seriesOf(metrics, columns, 3) };
    const again = columnsOf([part("total"), part("bad")], before);
    expect(again.map(({ values }) => values)).toEqual([
      [8, null, 9],
      [8, null, 9],
    ]);
    expect(again.map((column) => firstToAsk(column, 3))).toEqual([1, 1]);
  });
});
