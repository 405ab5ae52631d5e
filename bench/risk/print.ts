import type { RiskWeights } from "../../core/policy/schema.ts";
import { type Row, resamples } from "./compare.ts";
import type { Project } from "./projects.ts";
import { naiveSums, scoresOf } from "./score.ts";
import { type Spread, spreadOf } from "./spread.ts";

const widths = [9, 8, 7, 12, 17, 7, 11, 17, 9, 9, 11];

export function printSection(title: string, rows: Row[]): void {
  console.log(
    `\n${title}: area under the ROC curve (ties exact), difference to lines added [95 %, ${resamples} resamples]`,
  );
  console.log(
    line([
      "project",
      "changes",
      "buggy",
      "lines added",
      "LOC/100+files/10",
      "ours",
      "difference",
      "95 %",
      "as shown",
      "left out",
      "difference",
    ]),
  );
  for (const row of rows) {
    console.log(
      line([
        row.name,
        String(row.changes),
        percent(row.buggy),
        row.linesAdded.toFixed(4),
        row.naive.toFixed(4),
        row.ours.toFixed(4),
        signed(row.ours - row.linesAdded),
        row.interval.map(signed).join(" "),
        signed(row.shown - row.linesAdded),
        row.leftOut.toFixed(4),
        signed(row.leftOut - row.linesAdded),
      ]),
    );
  }
  const mean = (read: (row: Row) => number): string =>
    percent(rows.reduce((total, row) => total + read(row), 0) / rows.length);
  console.log(
    `Buggy changes found in 20 % of the changed lines, mean: ${mean((row) => row.recall)} by score per line, ` +
      `${mean((row) => row.recallSmallest)} by the smallest change first`,
  );
}

export function printSpreads(all: Project[], weights: RiskWeights, leftOut: Float64Array[]): void {
  const pooled = (scores: (project: Project, index: number) => Float64Array): Spread =>
    spreadOf(Float64Array.from(all.flatMap((project, index) => Array.from(scores(project, index)))));
  console.log("\nPooled over the six projects, shown scores by band (wanted: about 65 / 27 / 8 %)");
  console.log(spreadLine(["", "0–30", "31–70", "71–100", "from 85", "at 0", "at 100"]));
  const rows: [string, Spread][] = [
    ["ours", pooled((project) => scoresOf(project, weights, "size"))],
    ["with directories and entropy", pooled((project) => scoresOf(project, weights, "size and shape"))],
    ["each project left out of its fit", pooled((_, index) => leftOut[index] ?? new Float64Array())],
    ["LOC/100 + files/10", pooled(naiveSums)],
    ...all.map((project): [string, Spread] => [
      `ours, ${project.name} alone`,
      spreadOf(scoresOf(project, weights, "size")),
    ]),
  ];
  for (const [name, { rolling, canary, blueGreen, approval, atZero, atHundred }] of rows) {
    console.log(
      spreadLine([name, ...[rolling, canary, blueGreen, approval, atZero, atHundred].map(percent)]),
    );
  }
}

function line(cells: string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(9) : cell.padStart(widths[index] ?? 8)))
    .join(" ");
}

function spreadLine(cells: string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(8))).join(" ");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(difference: number): string {
  return `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(4)}`;
}
