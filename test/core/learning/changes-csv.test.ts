import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asideColumns, changesCsv } from "../../../core/learning/changes-csv.ts";
import { datasetOf, sealed } from "../../../core/learning/dataset.ts";
import { datasetOfTable } from "../../../core/learning/dataset-of-table.ts";
import { censorReasons, type Dataset, failureReasons, type Label } from "../../../core/learning/sample.ts";
import { recordsOf } from "../../../core/model/columns/records.ts";

const seconds = fc.integer({ min: 1_000_000_000, max: 2_000_000_000 });
const label: fc.Arbitrary<Label> = fc.oneof(
  fc.record({
    ...{ went: fc.constant("failed" as const), because: fc.constantFrom(...failureReasons) },
    ...{ by: fc.constantFrom("ro_0123456789ab", "deployment 7"), knownAt: seconds, seenAt: seconds },
  }),
  fc.record({
    went: fc.constant("well" as const),
    because: fc.constantFrom("quiet", "deployed", "stable"),
    knownAt: seconds,
  }),
  fc.record({ went: fc.constant("unknown" as const), because: fc.constantFrom(...censorReasons) }),
);
const datasets = fc
  .uniqueArray(
    fc.record({
      ...{ commit: fc.stringMatching(/^[0-9a-f]{40}$/), at: seconds, title: fc.string() },
      facts: fc.record(
        { la: fc.nat(), entropy: fc.double({ min: 0, max: 1, noNaN: true }) },
        { requiredKeys: ["la"] },
      ),
      ...{ effort: fc.nat(), services: fc.uniqueArray(fc.constantFrom("pay", "web")) },
      ...{ critical: fc.option(fc.boolean()), label },
    }),
    { minLength: 1, maxLength: 8, selector: ({ at }) => at },
  )
  .map((samples) =>
    sealed(
      samples.toSorted((one, other) => one.at - other.at),
      ["la", "entropy"],
      "",
    ),
  );

const readAgain = (dataset: Dataset): Dataset =>
  datasetOfTable(recordsOf(parse(changesCsv(dataset)), "changes.csv"), { time: "ts", label: "failed" });

test("a dataset that is written and read again is the same, but for what a cell cannot hold of a title", () => {
  fc.assert(
    fc.property(datasets, (dataset) => {
      const again = readAgain(dataset);
      const untitled = ({ samples }: Dataset) => samples.map((sample) => ({ ...sample, title: "" }));
      // A negative zero is a zero in every table.
      expect(JSON.stringify(untitled(again))).toBe(JSON.stringify(untitled(dataset)));
    }),
  );
});

test("a title cannot run in a spreadsheet, nor leave its cell", () => {
  const sample = {
    ...{
      commit: "a",
      at: 1,
      title: '=HYPERLINK("http://x"),\n,1',
      facts: {},
      effort: 0,
      services: [],
      critical: null,
    },
    label: { went: "unknown", because: "too-new" } as const,
  };
  const [, row = []] = parse(changesCsv(sealed([sample], [], "")));
  expect(row).toHaveLength(asideColumns.length);
  expect(row[2]).toBe(`'${sample.title}`);
});

test("the digest of a dataset is of its labels too, and of nothing else than what it holds", () => {
  const [change] = [
    { commit: "a", at: 1, title: "", facts: { la: 1 }, effort: 1, services: [], critical: null },
  ];
  const more = {
    parents: [],
    message: "",
    byBot: false,
    paths: [],
    counts: true,
    takes: [],
    says: { fix: false, revert: false, hotfix: false },
  };
  const of = (because: "too-new" | "disputed") =>
    datasetOf({ changes: [{ ...change, ...more }], head: "h" }, [{ went: "unknown", because }]);
  expect(of("too-new").digest).toBe(of("too-new").digest);
  expect(of("too-new").digest).not.toBe(of("disputed").digest);
});
