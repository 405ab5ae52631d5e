import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  intervalText,
  lengthText,
  shiftText,
  type Unit,
  valueText,
} from "../../../../core/render/verdict/units.ts";
import { noNumber } from "./fixtures.ts";

test.each<[number | null, Unit, string]>([
  [null, "share", "no data"],
  [0, "share", "0 %"],
  [0.008, "share", "0.8 %"],
  [0.00083, "share", "0.083 %"],
  [0.124, "share", "12.4 %"],
  [0.9995, "share", "99.95 %"],
  [1, "share", "100 %"],
  [1e-9, "share", "under 0.0001 %"],
  [1 - 1e-9, "share", "over 99.9999 %"],
  [0.231, "seconds", "231 ms"],
  [0.0042, "seconds", "4.2 ms"],
  [1.2345, "seconds", "1.23 s"],
  [150, "seconds", "2.5 min"],
  [231, "milliseconds", "231 ms"],
  [1500, "milliseconds", "1.5 s"],
  [0.25, "milliseconds", "250 µs"],
  [512 * 1024 ** 2, "bytes", "512 MiB"],
  [900, "bytes", "900 B"],
  [1240, "number", "1,240"],
  [1.5e9, "number", "1.5 G"],
  [0.0222, "number", "0.0222"],
  [-0.2, "seconds", "−200 ms"],
])("%s as %s is %s", (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});

describe("shifts", () => {
  const interval = (
    unit: "percent" | "points" | "number",
    estimate: number,
    lower: number,
    upper: number,
  ) => ({
    unit,
    estimate,
    lower,
    upper,
  });

  test.each([
    [interval("percent", 3, -3, 9), "seconds", "+3 % ± 6 %"],
    [interval("percent", 21, 9, 38), "seconds", "+21 % (+9 % to +38 %)"],
    [interval("points", 0.6, 0.3, 0.9), "share", "+0.6 ± 0.3 points"],
    [interval("points", 1.1, 0.2, 3), "share", "+1.1 (+0.2 to +3) points"],
    [interval("number", 0.012, 0.002, 0.022), "seconds", "+12 ms ± 10 ms"],
    [interval("number", -0.01, -0.012, -0.008), "share", "−1 ± 0.2 points"],
    [interval("percent", -0.04, -4, 4), "seconds", "0 % ± 4 %"],
  ] as const)("%o of %s", (given, unit, text) => {
    expect(intervalText(given, unit)).toBe(text);
  });

  test("carry their sign, margins do not", () => {
    expect(shiftText(3, "percent", "seconds")).toBe("+3 %");
    expect(shiftText(-0.6, "points", "share")).toBe("−0.6 points");
    expect(lengthText(0.5, "points", "share")).toBe("0.5 points");
    expect(lengthText(-5, "percent", "seconds")).toBe("5 %");
  });
});

test("every number has a short text that is a number", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const unit = fc.constantFrom<Unit>("share", "seconds", "milliseconds", "bytes", "number");
  const kind = fc.constantFrom("percent" as const, "points" as const, "number" as const);
  fc.assert(
    fc.property(number, number, number, unit, kind, (estimate, lower, upper, of, as) => {
      const texts = [valueText(estimate, of), intervalText({ unit: as, estimate, lower, upper }, of)];
      for (const text of texts) expect(text).not.toMatch(noNumber);
      expect(valueText(estimate, of).length).toBeLessThanOrEqual(20);
      expect(intervalText({ unit: as, estimate, lower, upper }, of).length).toBeLessThanOrEqual(70);
    }),
    { numRuns: 2000 },
  );
});
