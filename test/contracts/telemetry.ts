import { describe, expect, it } from "vitest";
import type { Buckets } from "../../core/analysis/measurements.ts";
import type { Telemetry, TelemetryQuestion } from "../../core/ports.ts";

/** What a store holds of one query. Points may be out of order, twice, and off the windows. */
export type Stored = {
  query: string;
  form: TelemetryQuestion["form"];
  points: [seconds: number, value: number | Buckets | null][];
};

const start = 1_700_000_040;
const step = 120;
const at = (window: number): number => start + window * step;

export function asked(query: string, windows: number, form: TelemetryQuestion["form"] = "value") {
  return {
    name: `${query} of candidate`,
    query,
    form,
    firstEnd: start,
    lastEnd: at(windows - 1),
    stepSeconds: step,
  };
}

const histogram = (...counts: number[]): Buckets => ({ bounds: [0.1, 0.5, 1], counts });

/** What every kind of telemetry promises, whatever it is kept in. */
export function telemetryContract(
  name: string,
  arrange: (stored: Stored[]) => Promise<{ telemetry: Telemetry; close(): Promise<void> }>,
): void {
  const reading = async (stored: Stored[], work: (telemetry: Telemetry) => Promise<void>) => {
    const { telemetry, close } = await arrange(stored);
    try {
      await work(telemetry);
    } finally {
      await close();
    }
  };
  const value = (...points: Stored["points"]): Stored => ({ query: "requests", form: "value", points });

  describe(`the telemetry contract: ${name}`, () => {
    it("answers a number for each window, in order", () =>
      reading([value([at(0), 1], [at(1), 0], [at(2), 2.5])], async (telemetry) => {
        expect(await telemetry.read(asked("requests", 3))).toEqual({
          values: [1, 0, 2.5],
          buckets: [],
          warnings: [],
          partial: false,
        });
      }));

    it("answers null for what is missing, and never zero", () =>
      reading([value([at(1), 7]), { query: "none", form: "value", points: [] }], async (telemetry) => {
        expect((await telemetry.read(asked("requests", 4))).values).toEqual([null, 7, null, null]);
        expect((await telemetry.read(asked("none", 2))).values).toEqual([null, null]);
      }));

    it("answers one window alone", () =>
      reading([value([at(0), 3])], async (telemetry) => {
        expect((await telemetry.read(asked("requests", 1))).values).toEqual([3]);
      }));

    it("puts points that are out of order, or a little late, on their windows", () =>
      reading([value([at(2), 3], [at(0) + 5, 1], [at(1) - 5, 2])], async (telemetry) => {
        expect(await telemetry.read(asked("requests", 3))).toMatchObject({ values: [1, 2, 3], warnings: [] });
      }));

    it("counts a point once that came twice, and believes neither of two that differ", () =>
      reading([value([at(0), 1], [at(0), 1], [at(1), 2], [at(1), 9])], async (telemetry) => {
        const { values, warnings } = await telemetry.read(asked("requests", 2));
        expect(values).toEqual([1, null]);
        expect(warnings).toEqual([expect.stringMatching(/^1 window came twice with different values/)]);
      }));

    it("warns of points beyond the windows, as of a clock that is wrong", () =>
      reading([value([at(-3), 1], [at(0), 2], [at(9), 3])], async (telemetry) => {
        const { values, warnings } = await telemetry.read(asked("requests", 2));
        expect(values).toEqual([2, null]);
        expect(warnings).toEqual([expect.stringMatching(/^2 points lie outside of the windows/)]);
      }));

    it("warns where the store measured other windows than those asked for", () =>
      reading([value([at(0) + 40, 1], [at(1) + 40, 2])], async (telemetry) => {
        const { values, warnings } = await telemetry.read(asked("requests", 2));
        expect(values).toEqual([1, 2]);
        expect(warnings).toEqual([expect.stringMatching(/^2 points lie off the end of a window/)]);
      }));

    it("answers histograms as counts between edges", () =>
      reading(
        [
          {
            query: "times",
            form: "buckets",
            points: [
              [at(0), histogram(5, 3, 0, 2)],
              [at(2), histogram(0, 0, 0, 0)],
            ],
          },
        ],
        async (telemetry) => {
          expect(await telemetry.read(asked("times", 3, "buckets"))).toEqual({
            values: [],
            buckets: [histogram(5, 3, 0, 2), null, histogram(0, 0, 0, 0)],
            warnings: [],
            partial: false,
          });
        },
      ));

    it("answers many at once as one after the other", () => {
      const stored = Array.from(
        { length: 20 },
        (_, number): Stored => ({ ...value([at(0), number]), query: `q${number}` }),
      );
      return reading(stored, async (telemetry) => {
        const answers = await Promise.all(stored.map(({ query }) => telemetry.read(asked(query, 1))));
        expect(answers.map(({ values }) => values[0])).toEqual(stored.map((_, number) => number));
      });
    });

    it("says how long it keeps what it has, or that it does not know", () =>
      reading([], async (telemetry) => {
        const seconds = await telemetry.retentionSeconds();
        expect(seconds === undefined || seconds > 0).toBe(true);
      }));
  });
}
