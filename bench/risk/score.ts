import type { ChangeFacts } from "../../core/change/facts.ts";
import type { RiskWeights } from "../../core/policy/schema.ts";
import { scoreFacts } from "../../core/risk/score.ts";
import type { Project } from "./projects.ts";
import { type CurveName, curveNames, type Tables } from "./tables.ts";

export type FactSet = "size" | "size and shape";

/** The score that the product gives each change, through the path that a decision takes. */
export function scoresOf(project: Project, weights: RiskWeights, facts: FactSet): Float64Array {
  return Float64Array.from(
    project.buggy,
    (_, row) => scoreFacts(factsOf(project, row, facts), weights).score,
  );
}

/** What the data honestly tells of our facts; its counts of past changes are of all time, ours of 30 days: left out. */
function factsOf(project: Project, row: number, facts: FactSet): ChangeFacts {
  const diff = {
    files: project.files[row],
    additions: project.additions[row],
    deletions: project.deletions[row],
  };
  const shape = { directories: project.directories[row], entropy: project.entropy[row] };
  return { schema_version: 1, diff: facts === "size" ? diff : { ...diff, ...shape } };
}

const factOfCurve = {
  additions: "diff.additions",
  files: "diff.files",
  deletions: "diff.deletions",
} as const;

export function withTables(weights: RiskWeights, tables: Tables): RiskWeights {
  const factors = { ...weights.factors };
  for (const name of curveNames) {
    for (const [key, factor] of Object.entries(factors)) {
      if (factor.fact !== factOfCurve[name]) continue;
      factors[key] = { ...factor, curve: { kind: "steps", steps: tables[name] } };
    }
  }
  return { ...weights, factors };
}

/** Whether the weights hold exactly these tables. */
export function holdsTables(weights: RiskWeights, tables: Tables): boolean {
  return curveNames.every((name: CurveName) => {
    const own = Object.values(weights.factors).filter((factor) => factor.fact === factOfCurve[name]);
    return (
      own.length === 1 &&
      JSON.stringify(own[0]?.curve) === JSON.stringify({ kind: "steps", steps: tables[name] })
    );
  });
}

/** LOC/100 + files/10, the sum that many teams start from. */
export function naiveSums(project: Project): Float64Array {
  return Float64Array.from(project.buggy, (_, row) => {
    const lines = (project.additions[row] ?? 0) + (project.deletions[row] ?? 0);
    return Math.min(100, lines / 100 + (project.files[row] ?? 0) / 10);
  });
}
