import { learn } from "../../core/model/learn.ts";
import { margins, probabilityOf } from "../../core/model/predict.ts";
import { type Prior, shippedPrior } from "../../core/model/prior.ts";
import type { History } from "../../core/model/teach.ts";
import { auc } from "../../core/stats/auc.ts";
import { brier } from "../../core/stats/brier.ts";
import { fitPrior, rankedProject } from "./fit-prior.ts";
import { mean, oldestAndNewest, type Project, part } from "./projects.ts";
import { figure, printTable } from "./table.ts";

const unknownTo: Prior = { ...shippedPrior, slopes: {} };
const firsts = [50, 100, 200, 500, 1000, 2000];
const asked = 3000;

/** Each project asked of a prior that was fitted to the five others, with none, then with few, of its own outcomes. */
export function coldStart(projects: readonly Project[], quick: boolean): void {
  const ranked = projects.map(rankedProject);
  const shipped = JSON.stringify(sorted(fitPrior(ranked))) === JSON.stringify(sorted(shippedPrior));
  const priors = ranked.map((_, index) => fitPrior(ranked.filter((_, other) => other !== index)));
  printNothingKnown(projects, priors);
  console.log(`The fit to all six gives the shipped prior: ${shipped ? "yes" : "NO"}`);
  if (!shipped) process.exitCode = 1;
  if (!quick) printCurve(projects, priors);
}

const sorted = ({ share, slopes }: Prior) => [share, Object.entries(slopes).sort()];

const unlabelled = (history: History): History => ({
  ...history,
  labels: new Float64Array(history.table.rows).fill(Number.NaN),
});

/** Without the files' own history, as a first day has them. */
const ofSize = ["la", "ld", "nf", "nd", "ns", "entropy", "fix"];

function printNothingKnown(projects: readonly Project[], priors: readonly Prior[]): void {
  const rows = projects.map((project, index) => {
    const { older, newer } = oldestAndNewest(project);
    const prior = priors[index] ?? unknownTo;
    const cold = margins(learn(unlabelled(older), prior), newer.table);
    const few = narrowed(newer, ofSize);
    const size = margins(learn(unlabelled(narrowed(older, ofSize)), prior), few.table);
    const linesAdded = newer.table.columns[newer.table.names.indexOf("la")] ?? [];
    return [linesAdded, cold, size].map((scores) => auc(scores, newer.labels));
  });
  printTable(
    "Cold start: no outcome of the project, AUC on its newest 30 %",
    ["lines added", "prior", "prior, size alone"],
    projects.map(({ name }, index) => [name, ...(rows[index] ?? []).map(figure)]),
    [0, 1, 2].map((column) => figure(mean(rows.map((row) => row[column] ?? Number.NaN)))),
  );
  const worst = Math.min(...rows.map(([linesAdded = 0, cold = 0]) => cold - linesAdded));
  console.log(`Worst beside lines added: ${figure(worst)} (wanted: mean from .735, worst from -.010)`);
}

function narrowed(history: History, wanted: readonly string[]): History {
  const { names, columns, rows } = history.table;
  const kept = columns.filter((_, index) => wanted.includes(names[index] ?? ""));
  return { ...history, table: { names: names.filter((name) => wanted.includes(name)), columns: kept, rows } };
}

function printCurve(projects: readonly Project[], priors: readonly Prior[]): void {
  const rows = firsts.map((first) => {
    const scores = projects.map(({ history }, index) => {
      const own = part(history, 0, first);
      const next = part(history, first, Math.min(history.table.rows, first + asked));
      const prior = priors[index] ?? unknownTo;
      const says = [
        () => learn(unlabelled(own), prior),
        () => learn(own, unknownTo),
        () => learn(own, prior),
      ];
      return says.flatMap((taught) => {
        const odds = marginsOrNone(taught, next);
        return [auc(odds, next.labels), brier(odds.map(probabilityOf), next.labels)];
      });
    });
    const means = [0, 1, 2, 3, 4, 5].map((column) => mean(scores.map((one) => one[column] ?? Number.NaN)));
    return [String(first), ...means.map(figure)];
  });
  printTable(
    `The first changes, mean of six on the next ${asked}: AUC and Brier of the prior alone, the own history alone, both`,
    ["prior", "", "own", "", "both", ""],
    rows,
  );
}

/** Of a history that teaches nothing every change is as likely to fail as the next one. */
function marginsOrNone(taught: () => ReturnType<typeof learn>, { table }: History): Float64Array {
  try {
    return margins(taught(), table);
  } catch {
    return new Float64Array(table.rows).fill(Math.log(unknownTo.share / (1 - unknownTo.share)));
  }
}
