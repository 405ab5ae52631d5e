import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { riskWeights } from "../core/policy/schema.ts";
import { compare } from "./risk/compare.ts";
import { counted, fitRises } from "./risk/fit.ts";
import { printSection, printSpreads } from "./risk/print.ts";
import { newestPart, type Project, projectNames, readProjects } from "./risk/projects.ts";
import { holdsTables, scoresOf, withTables } from "./risk/score.ts";
import { tablesOf } from "./risk/tables.ts";

const weights = riskWeights.parse(
  parse(readFileSync(new URL("../policies/default/risk-weights.yaml", import.meta.url), "utf8")),
);

const projects = readProjects();
if (projects) run(projects);
else {
  const files = projectNames.map((name) => `issta21_${name}.csv`).join(", ");
  console.log(`Skipped: no ../shared/data/change-risk beside this checkout (it holds ${files}).`);
}

function run(all: Project[]): void {
  const started = performance.now();
  const counts = all.map(counted);
  progress("fitting on all six projects");
  const shipped = holdsTables(weights, tablesOf(fitRises(counts)));
  const leftOut = all.map((project, index) => {
    progress(`fitting without ${project.name}`);
    const rises = fitRises(counts.filter((_, other) => other !== index));
    return scoresOf(project, withTables(weights, tablesOf(rises)), "size");
  });
  const sections = [
    { title: "Whole history", part: (project: Project) => project },
    { title: "Newest 30 %", part: newestPart },
  ].map(({ title, part }) => {
    progress(`comparing, ${title.toLowerCase()}`);
    return { title, rows: all.map((project, index) => compare(part(project), weights, leftOut[index])) };
  });
  progress("");

  for (const { title, rows } of sections) printSection(title, rows);
  printSpreads(all, weights, leftOut);
  const rows = sections.flatMap((section) => section.rows);
  const judged = [
    ["shipped curves, both parts", rows.every((row) => row.ours >= row.linesAdded)],
    ["the same with directories and entropy known", rows.every((row) => row.withShape >= row.linesAdded)],
    ["the same, shown as whole numbers", rows.every((row) => row.shown >= row.linesAdded)],
    [
      "left-out project, newest 30 %",
      sections[1]?.rows.every((row) => row.leftOut >= row.linesAdded) ?? false,
    ],
  ] as const;
  console.log("\nAt least as good as lines added on every project:");
  for (const [what, holds] of judged) console.log(`  ${holds ? "yes" : "NO "}  ${what}`);
  console.log(`The fit on all six gives the shipped curves: ${shipped ? "yes" : "NO"}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (!shipped || judged.some(([, holds]) => !holds)) process.exitCode = 1;
}

/** One line that rewrites itself, on a terminal only; a log gets a line each. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
  else if (what) process.stderr.write(`${what} …\n`);
}
