import fc from "fast-check";
import { expect, test } from "vitest";
import { linearQuantile } from "../../../core/stats/linear-quantile.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

const sorted = Float64Array.from(golden.linearQuantile.values).sort();

test.each(golden.linearQuantile.quantiles)("the quantile %d is %d", (share, value) =>
  expectNear(linearQuantile(sorted, share), value, 1e-12),
);

test("nothing has no quantile", () => expect(linearQuantile([], 0.5)).toBeNaN());

test("it rises with the share and stays among the values", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }),
      share,
      share,
      (values, one, other) => {
        const ordered = Float64Array.from(values).sort();
        const low = linearQuantile(ordered, Math.min(one, other));
        const high = linearQuantile(ordered, Math.max(one, other));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      },
    ),
  );
});
