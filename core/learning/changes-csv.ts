import { csvRow } from "../evidence/csv.ts";
import type { Dataset, Label, Sample } from "./sample.ts";

/** From when on a label could be known. */
export const knownColumn = "known_ts";
/** Columns of changes.csv that are no facts: nobody learns from them, for some give the answer away. */
const before = ["commit", "ts", "title"] as const;
const after = ["effort", "services", "critical", "failed", "because", "by", knownColumn, "seen_ts"] as const;
export const asideColumns: readonly string[] = [...before, ...after];

/** The dataset as a table that spreadsheets, `train` and `backtest` read. */
export function changesCsv({ samples, columns }: Dataset): string {
  const rows = samples.map((sample) => csvRow(cellsOf(sample, columns)));
  return csvRow([...before, ...columns, ...after]) + rows.join("");
}

function cellsOf(sample: Sample, columns: readonly string[]): string[] {
  const { commit, at, title, facts, effort, services, critical, label } = sample;
  return [
    ...[commit, String(at), title],
    ...columns.map((name) => textOf(facts[name])),
    ...[String(effort), services.join(" "), critical === null ? "" : String(Number(critical))],
    ...labelCells(label),
  ];
}

function labelCells(label: Label): string[] {
  if (label.went === "unknown") return ["", label.because, "", "", ""];
  const knownAt = String(label.knownAt);
  if (label.went === "well") return ["0", label.because, "", knownAt, ""];
  return ["1", label.because, label.by, knownAt, textOf(label.seenAt)];
}

/** Empty where it is not known. */
function textOf(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
