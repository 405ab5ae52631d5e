import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bar } from "../../../core/render/bars.ts";
import { printedReasons, topReasons } from "../../../core/render/points.ts";

const contributor = (name: string, points: number) => ({
  name,
  points,
  sentence: name,
  direction: points < 0 ? ("lowers" as const) : ("raises" as const),
});

/** Scores as `decide` writes them: whole, half up, with the rounding as a contributor. */
const scored = fc
  .record({
    reference: fc.double({ min: 0, max: 100, noNaN: true }),
    points: fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { maxLength: 30 }),
  })
  .map(({ reference, points }) => {
    const raw = reference + points.reduce((sum, value) => sum + value, 0);
    const exact = Math.min(100, Math.max(0, raw));
    const score = Math.floor(exact + 0.5);
    const referenceScore = Math.floor(reference + 0.5);
    const rounding = score - exact - (referenceScore - reference);
    const contributors = [
      ...points.map((value, index) => contributor(`factor-${index}`, value)),
      ...(raw === exact ? [] : [contributor("cap", exact - raw)]),
      ...(rounding === 0 ? [] : [contributor("rounding", rounding)]),
    ];
    return { risk_score: score, reference_score: referenceScore, contributors };
  });

describe("whole points", () => {
  test("go to those that lost most", () => {
    const answer = {
      risk_score: 4,
      reference_score: 0,
      contributors: [contributor("a", 1.2), contributor("b", 1.4), contributor("c", 1.4)],
    };
    expect(printedReasons(answer).map(({ name, points }) => [name, points])).toEqual([
      ["b", 2],
      ["a", 1],
      ["c", 1],
    ]);
  });

  test("add up to score − reference, whatever is shown, and are never a whole point off", () => {
    fc.assert(
      fc.property(scored, fc.integer({ min: 1, max: 12 }), (answer, most) => {
        const reasons = printedReasons(answer);
        const total = answer.risk_score - answer.reference_score;
        expect(reasons.reduce((sum, reason) => sum + reason.points, 0)).toBe(total);
        expect(reasons.every((reason) => reason.kind !== "rounding")).toBe(true);
        for (const reason of reasons) {
          const exact = answer.contributors.find((one) => one.name === reason.name)?.points ?? Number.NaN;
          expect(Math.abs(reason.points - exact)).toBeLessThan(1 + 1e-9);
        }
        const shown = topReasons(reasons, most);
        const printed = shown.rows.reduce((sum, row) => sum + row.points, 0) + (shown.rest?.points ?? 0);
        expect(printed).toBe(total);
        expect(shown.rows.length + (shown.rest?.count ?? 0)).toBe(reasons.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("say so where a document does not add up", () => {
    const answer = { risk_score: 50, reference_score: 10, contributors: [contributor("a", 12.3)] };
    expect(printedReasons(answer).map(({ kind, points }) => [kind, points])).toEqual([
      ["reason", 13],
      ["rounding", 27],
    ]);
  });

  test("keep the cap where only the largest are shown", () => {
    const contributors = [
      ...Array.from({ length: 9 }, (_, index) => contributor(`f${index}`, 20 - index)),
      contributor("cap", -44),
    ];
    const { rows, rest } = topReasons(
      printedReasons({ risk_score: 100, reference_score: 0, contributors }),
      4,
    );
    expect(rows.map((row) => row.name)).toEqual(["f0", "f1", "cap"]);
    expect(rest).toEqual({ count: 7, points: 105 });
  });
});

test.each([
  [14, 14, "███████"],
  [9, 14, "████▌··"],
  [7, 14, "███▌···"],
  [3, 14, "█▌·····"],
  [-4, 14, "▽▽·····"],
  [1, 400, "▌······"],
  [-1, 400, "▽······"],
  [0, 14, "·······"],
  [200, 14, "███████"],
])("%i points of %i are drawn as %s", (points, largest, expected) => {
  expect(bar(points, largest)).toBe(expected);
});
