import { derivedNames, withDerived } from "../../core/model/columns/derived.ts";
import { ranked, unknownRank } from "../../core/model/columns/ranked.ts";
import { logistic } from "../../core/model/fit/logistic.ts";
import { probabilityOf } from "../../core/model/predict.ts";
import type { Prior } from "../../core/model/prior.ts";
import { windowSize } from "../../core/model/teach.ts";
import { mean, type Project } from "./projects.ts";

/** Where ranks begin to say something. */
const start = 500;

const pull = 30;

/** Ranks of a project's changes among those before, once for every fit that it is in. */
export type Ranked = { names: readonly string[]; columns: Float64Array[]; labels: Float64Array | Uint8Array };

export function rankedProject({ history: { table, labels } }: Project): Ranked {
  const names = [...table.names, ...derivedNames(table.names)];
  const { columns } = ranked(withDerived(table, names), windowSize);
  return { names, columns: columns.map((column) => column.subarray(start)), labels: labels.subarray(start) };
}

/** One line through the ranks of all, with a level for each project: what is larger within a project, not between them. */
export function fitPrior(projects: readonly Ranked[]): Prior {
  const names = projects[0]?.names ?? [];
  const joined = names.map((_, column) =>
    Float64Array.from(projects.flatMap(({ columns }) => Array.from(columns[column] ?? []))),
  );
  const levels = projects
    .slice(1)
    .map((own) =>
      Float64Array.from(projects.flatMap((one) => Array.from(one.labels, () => (one === own ? 1 : 0)))),
    );
  const labels = Float64Array.from(projects.flatMap((one) => Array.from(one.labels)));
  const line = logistic({ columns: [...joined, ...levels], labels, weights: labels.map(() => 1) }, pull);
  const slopes = names.map((name, index) => [name, rounded(line.slopes[index] ?? 0)] as const);
  // The first project has no level of its own: the intercept is its.
  const level = mean([0, ...line.slopes.slice(names.length)]) + line.intercept;
  const middle = line.slopes.slice(0, names.length).reduce((sum, slope) => sum + slope * unknownRank, level);
  return { share: rounded(probabilityOf(middle)), slopes: Object.fromEntries(slopes) };
}

/** To a twentieth: finer ones order no change otherwise that anybody could tell. */
function rounded(slope: number): number {
  return Math.round(slope * 20) / 20;
}
