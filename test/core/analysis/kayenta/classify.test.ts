import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { classifyMetric } from "../../../../core/analysis/kayenta/classify.ts";
import { seeded } from "../../../../core/stats/random.ts";
import golden from "../../../fixtures/stats/kayenta.json" with { type: "json" };

const direction = z.enum(["increase", "decrease", "either"]);
const recorded = z.array(
  z.object({
    direction,
    control: z.array(z.number()),
    experiment: z.array(z.number()),
    classification: z.string(),
    ci98_low: z.number(),
    ci98_high: z.number(),
    hl_estimate: z.number(),
  }),
);
const vectors = join(import.meta.dirname, "../../../../../shared/data/canary/kayenta_judge_vectors.json");
const absent = !existsSync(vectors);
if (absent) console.log("skipped: the answers of the real judge are not beside this checkout");

test.skipIf(absent)("150 of 150 answers of the real judge, with its intervals and estimates", () => {
  const cases = recorded.parse(JSON.parse(readFileSync(vectors, "utf8")));
  expect(cases).toHaveLength(150);
  for (const expected of cases) {
    const found = classifyMetric(expected.control, expected.experiment, { direction: expected.direction });
    expect(found.classification).toBe(expected.classification);
    expect(found.shift?.lower).toBeCloseTo(expected.ci98_low, 9);
    expect(found.shift?.upper).toBeCloseTo(expected.ci98_high, 9);
    expect(found.shift?.estimate).toBeCloseTo(expected.hl_estimate, 9);
  }
});

test.each(golden.cases.map((one, index) => [index, one] as const))(
  "case %i, as SciPy's ranks and roots have it",
  (_, expected) => {
    const found = classifyMetric(expected.control, expected.experiment, {
      direction: direction.parse(expected.direction),
    });
    expect(found.classification).toBe(expected.classification);
    // Within what Kayenta's solver leaves open; the estimate may be any shift at which the statistic is 0.
    const near = 1.5e-4;
    const [from = 0, to = 0] = expected.estimates;
    expect(found.shift?.estimate).toBeGreaterThan(from - near);
    expect(found.shift?.estimate).toBeLessThan(to + near);
    for (const side of ["lower", "upper"] as const)
      expect(Math.abs((found.shift?.[side] ?? Number.NaN) - expected[side])).toBeLessThan(near);
  },
);

const random = seeded(21);
const draw = (size: number, scale = 1) =>
  Array.from({ length: size }, () => scale * Math.exp(4 + 0.2 * random.normal()));
const control = draw(60);
const higher = draw(60, 1.5);
const lower = draw(60, 0.6);

describe("direction", () => {
  test.each([
    ["increase", "High", "Pass"],
    ["decrease", "Pass", "Low"],
    ["either", "High", "Low"],
  ] as const)("%s sees higher values as %s and lower ones as %s", (towards, ofHigher, ofLower) => {
    expect(classifyMetric(control, higher, { direction: towards }).classification).toBe(ofHigher);
    expect(classifyMetric(control, lower, { direction: towards }).classification).toBe(ofLower);
  });

  // Not always into the other: of a range of shifts that fit equally well, the solver takes the first it meets.
  test("no exchange of sides leaves High as it is, or Low", () => {
    const values = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (left, right) => {
        const both = [classifyMetric(left, right), classifyMetric(right, left)];
        const sorted = both.map(({ classification }) => classification).sort();
        expect(["High,Low", "High,Pass", "Low,Pass", "Pass,Pass"]).toContain(sorted.join());
      }),
    );
  });
});

describe("missing values", () => {
  const gaps = [null, Number.NaN, Number.POSITIVE_INFINITY];

  test("are left out, or stand for zero", () => {
    expect(classifyMetric([...control, ...gaps], [...gaps, ...higher])).toEqual(
      classifyMetric(control, higher),
    );
    const zeros = [...control.slice(0, 10), ...Array.from({ length: 50 }, () => null)];
    const replaced = classifyMetric(control, zeros, { nanStrategy: "replace" });
    expect(replaced.classification).toBe("Low");
    expect(replaced).toEqual(
      classifyMetric(
        control,
        zeros.map((value) => value ?? 0),
      ),
    );
  });

  test.each([
    [{}, "Nodata", false],
    [{ critical: true }, "Nodata", true],
    [{ mustHaveData: true }, "NodataFailMetric", false],
    [{ mustHaveData: true, critical: true }, "Nodata", true],
    [{ nanStrategy: "replace", critical: true }, "Pass", false],
  ] as const)("on a whole side, with %o, are %s", (options, classification, critical) => {
    const empty = classifyMetric([], higher, options);
    expect(empty).toMatchObject({ classification, critical, measured: false, shift: null });
    if (!("nanStrategy" in options))
      expect(classifyMetric(control, [null, Number.NaN], options)).toMatchObject({
        classification,
        critical,
      });
  });
});

describe("values that a test cannot compare", () => {
  test("equal samples pass, in any order", () => {
    const found = classifyMetric(control, control.toReversed(), { critical: true });
    expect(found).toMatchObject({ classification: "Pass", critical: false, shift: null });
    expect(classifyMetric([0, 0, 0], [0, 0]).classification).toBe("Pass");
  });

  test("two constants differ by exactly their difference, each time", () => {
    const found = classifyMetric([5, 5, 5], [7, 7]);
    expect(found).toMatchObject({ classification: "High", shift: { estimate: 2, lower: 2, upper: 2 } });
    expect(classifyMetric([0, 0, 0], [-1, -1, -1, -1]).classification).toBe("Low");
    expect(classifyMetric([5, 5, 5], [7, 7])).toEqual(found);
  });

  test("one odd value beside constants is not a change", () => {
    const zeros = Array.from({ length: 30 }, () => 0);
    expect(classifyMetric(zeros, [...zeros, 9]).classification).toBe("Pass");
  });

  test("values that only rounding makes equal are answered, not an error", () => {
    expect(classifyMetric([1e5, 1e5], [0, 1e-20]).classification).toBe("Low");
  });
});

describe("the size of the effect", () => {
  const slightly = control.map((value) => value * 1.2);
  test("a ratio of means below what is allowed passes", () => {
    expect(classifyMetric(control, slightly).classification).toBe("High");
    const effectSize = { allowedIncrease: 1.3 };
    expect(classifyMetric(control, slightly, { effectSize }).classification).toBe("Pass");
    expect(classifyMetric(control, higher, { effectSize }).classification).toBe("High");
    expect(classifyMetric(control, lower, { effectSize: { allowedDecrease: 0.5 } }).classification).toBe(
      "Pass",
    );
  });

  test("or a share of pairs", () => {
    const effectSize = { measure: "cles", allowedIncrease: 0.9 } as const;
    expect(classifyMetric(control, slightly, { effectSize }).classification).toBe("Pass");
    expect(
      classifyMetric(
        control,
        control.map((value) => value * 2),
        { effectSize },
      ).classification,
    ).toBe("High");
    expect(classifyMetric(control, slightly, { effectSize: { measure: "cles" } }).classification).toBe(
      "High",
    );
  });

  test("a mean of zero has no ratio, which forbids nothing", () => {
    const zeros = Array.from({ length: 20 }, () => 0);
    const some = draw(20);
    expect(classifyMetric(zeros, some)).toMatchObject({ classification: "High", ratio: null });
  });

  test("only a critical effect of a critical metric fails a canary alone", () => {
    const effectSize = { criticalIncrease: 1.4 };
    expect(classifyMetric(control, slightly, { critical: true }).critical).toBe(true);
    expect(classifyMetric(control, slightly, { critical: true, effectSize }).critical).toBe(false);
    expect(classifyMetric(control, higher, { critical: true, effectSize }).critical).toBe(true);
    expect(classifyMetric(control, higher, { effectSize }).critical).toBe(false);
    expect(
      classifyMetric(control, lower, { critical: true, effectSize: { criticalDecrease: 0.3 } }).critical,
    ).toBe(false);
  });
});

test("outliers are cut where asked, and never more than one percent on a side of a calm series", () => {
  const wild = [...control.slice(0, 57), 1e6, 2e6, 3e6];
  const outliers = { strategy: "remove", outlierFactor: 1.5 } as const;
  const kept = classifyMetric(control, wild).ratio ?? 0;
  const cut = classifyMetric(control, wild, { outliers }).ratio ?? 0;
  expect(kept).toBeGreaterThan(100);
  // The upper fence is at least the 99th percentile, so of three wild values the highest goes.
  expect(cut).toBeLessThan(kept);
  const calm = Array.from({ length: 101 }, (_, index) => index);
  expect(classifyMetric(calm, [...calm, 50], { outliers }).classification).toBe("Pass");
});
