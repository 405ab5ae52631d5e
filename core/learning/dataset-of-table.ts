import { knownIn, labelsIn, numbersIn, type Records, timesIn } from "../model/columns/records.ts";
import { asideColumns, knownColumn } from "./changes-csv.ts";
import { sealed } from "./dataset.ts";
import { censorReasons, type Dataset, failureReasons, type Label, type Sample } from "./sample.ts";

/**
 * A table of past changes as a dataset: changes.csv, or a plain one with time, label and facts alone. Without `known_ts`
 * a label counts as known at once; without `effort` a change costs the lines that it adds and deletes.
 */
export function datasetOfTable(records: Records, { time, label }: { time: string; label: string }): Dataset {
  const times = timesIn(records, time);
  const labels = labelsIn(records, label);
  const cell = (name: string, row: number): string => {
    const column = records.head.indexOf(name);
    return column < 0 ? "" : (records.rows[row]?.[column] ?? "").trim();
  };
  const knownAt = knownIn(records, knownColumn) ?? times;
  const seenAt = numbersIn(records, "seen_ts");
  const effort = numbersIn(records, "effort");
  const columns = records.head.flatMap((name) => {
    if ([time, label, "commit_id", ...asideColumns].includes(name)) return [];
    const values = numbersIn(records, name);
    return values === null ? [] : [{ name, values }];
  });
  const samples = records.rows.map((_, row): Sample => {
    const known = columns.flatMap(({ name, values }) => {
      const value = values[row] ?? Number.NaN;
      return Number.isNaN(value) ? [] : [[name, value] as const];
    });
    const facts: Sample["facts"] = Object.fromEntries(known);
    const lines = effort?.[row] ?? Number.NaN;
    const critical = cell("critical", row);
    return {
      ...{
        commit: cell("commit", row) || cell("commit_id", row),
        at: times[row] ?? 0,
        title: cell("title", row),
      },
      ...{ facts, effort: Number.isNaN(lines) ? (facts.la ?? 0) + (facts.ld ?? 0) : lines },
      services: cell("services", row).split(/\s+/u).filter(Boolean),
      critical: critical === "" ? null : critical === "1",
      label: labelOf(labels[row], cell("because", row), cell("by", row), knownAt[row], seenAt?.[row]),
    };
  });
  return sealed(
    samples.toSorted((one, other) => one.at - other.at),
    columns.map(({ name }) => name),
    "",
  );
}

function labelOf(
  failed: number | undefined,
  because: string,
  by: string,
  knownAt: number | undefined,
  seenAt = Number.NaN,
): Label {
  if (failed === undefined || knownAt === undefined || Number.isNaN(failed) || Number.isNaN(knownAt))
    return { went: "unknown", because: censorReasons.find((one) => one === because) ?? "not-judged" };
  if (failed === 1) {
    const reason = failureReasons.find((one) => one === because) ?? "fixed";
    const seen = Number.isNaN(seenAt) ? {} : { seenAt };
    return { went: "failed", because: reason, by, knownAt, ...seen };
  }
  const why = (["deployed", "stable"] as const).find((one) => one === because) ?? "quiet";
  return { went: "well", because: why, knownAt };
}
