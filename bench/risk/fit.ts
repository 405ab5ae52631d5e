import { auc } from "../../core/stats/auc.ts";
import { newestPart, type Project } from "./projects.ts";
import { lastKnots, roughness, startingRises, tablesOf, tabulated } from "./tables.ts";

/** Scores are compared at a tenth of a point while fitting: counting is much faster than sorting. */
const binsPerPoint = 10;
const bins = 100 * binsPerPoint + 1;

/**
 * A gain in area is worth less the larger it already is: the thinnest margins are worked on first. The scale is about
 * the standard error of a margin on a newest part.
 */
const marginScale = 0.0015;
const wanted = { rollingShare: 0.65, blueGreenShare: 0.08, slack: 0.003, price: 0.05 };
const roughnessPrice = 1e-6;

/** Changes of one project that no table can tell apart, counted together. */
export type Counted = {
  additions: Int32Array;
  files: Int32Array;
  deletions: Int32Array;
  parts: { clean: Int32Array; buggy: Int32Array; linesAddedArea: number }[];
};

export function counted(project: Project): Counted {
  const rows = new Map<string, { additions: number; files: number; deletions: number; counts: number[] }>();
  const newest = newestPart(project);
  const firstNewest = project.buggy.length - newest.buggy.length;
  for (let at = 0; at < project.buggy.length; at++) {
    const additions = Math.min(project.additions[at] ?? 0, lastKnots.additions);
    const files = Math.min(project.files[at] ?? 0, lastKnots.files);
    const deletions = Math.min(project.deletions[at] ?? 0, lastKnots.deletions);
    const key = `${additions} ${files} ${deletions}`;
    const row = rows.get(key) ?? { additions, files, deletions, counts: [0, 0, 0, 0] };
    rows.set(key, row);
    const label = project.buggy[at] ?? 0;
    row.counts[label] = (row.counts[label] ?? 0) + 1;
    if (at >= firstNewest) row.counts[2 + label] = (row.counts[2 + label] ?? 0) + 1;
  }
  const all = [...rows.values()];
  const column = (read: (row: (typeof all)[number]) => number | undefined): Int32Array =>
    Int32Array.from(all, (row) => read(row) ?? 0);
  return {
    additions: column((row) => row.additions),
    files: column((row) => row.files),
    deletions: column((row) => row.deletions),
    parts: [project, newest].map((part, index) => ({
      clean: column((row) => row.counts[2 * index]),
      buggy: column((row) => row.counts[2 * index + 1]),
      linesAddedArea: auc(part.additions, part.buggy),
    })),
  };
}

/**
 * Whole points for the three tables that serve the given projects best: coordinate search, first by steps of four points,
 * then two, then one, until no single change and no shift of points between two knots helps. No randomness.
 */
export function fitRises(projects: Counted[]): number[] {
  let best = { rises: [...startingRises], worth: worth(startingRises, projects) };
  for (const stride of [4, 2, 1]) {
    for (let before = Number.NEGATIVE_INFINITY; best.worth > before; ) {
      before = best.worth;
      for (const [up, down] of moves()) {
        const rises = [...best.rises];
        if (up !== undefined) rises[up] = (rises[up] ?? 0) + stride;
        if (down !== undefined) rises[down] = (rises[down] ?? 0) - stride;
        if (rises.some((rise) => rise < 0)) continue;
        const candidate = { rises, worth: worth(rises, projects) };
        if (candidate.worth > best.worth + 1e-9) best = candidate;
      }
    }
  }
  return best.rises;
}

/** One knot up, one down, or both: the last keeps the spread over the bands about where it is. */
function moves(): [up: number | undefined, down: number | undefined][] {
  const places = [undefined, ...startingRises.keys()];
  return places.flatMap((up) =>
    places.filter((down) => down !== up).map((down) => [up, down] satisfies [unknown, unknown]),
  );
}

function worth(rises: readonly number[], projects: Counted[]): number {
  const tables = tablesOf(rises);
  const additions = tabulated(tables.additions);
  const files = tabulated(tables.files);
  const deletions = tabulated(tables.deletions);
  const spread = { changes: 0, rolling: 0, blueGreen: 0 };
  let gain = 0;
  for (const project of projects) {
    const levels = levelsOf(project, additions, files, deletions);
    project.parts.forEach((part, index) => {
      const margin = areaOfCounts(levels, part, index === 0 ? spread : undefined) - part.linesAddedArea;
      gain -= Math.exp(-margin / marginScale) / project.parts.length;
    });
  }
  const missed =
    Math.max(0, Math.abs(spread.rolling / spread.changes - wanted.rollingShare) - wanted.slack) +
    Math.max(0, Math.abs(spread.blueGreen / spread.changes - wanted.blueGreenShare) - wanted.slack);
  return (gain / projects.length) * marginScale - missed * wanted.price - roughness(rises) * roughnessPrice;
}

function levelsOf(
  project: Counted,
  additions: Float64Array,
  files: Float64Array,
  deletions: Float64Array,
): Int32Array {
  const levels = new Int32Array(project.additions.length);
  for (let row = 0; row < levels.length; row++) {
    const score =
      (additions[project.additions[row] ?? 0] ?? 0) +
      (files[project.files[row] ?? 0] ?? 0) +
      (deletions[project.deletions[row] ?? 0] ?? 0);
    levels[row] = Math.round(Math.min(100, score) * binsPerPoint);
  }
  return levels;
}

type Spread = { changes: number; rolling: number; blueGreen: number };

function areaOfCounts(
  levels: Int32Array,
  part: Counted["parts"][number],
  spread: Spread | undefined,
): number {
  const clean = new Int32Array(bins);
  const buggy = new Int32Array(bins);
  for (let row = 0; row < levels.length; row++) {
    const level = levels[row] ?? 0;
    clean[level] = (clean[level] ?? 0) + (part.clean[row] ?? 0);
    buggy[level] = (buggy[level] ?? 0) + (part.buggy[row] ?? 0);
  }
  let cleanBelow = 0;
  let buggyTotal = 0;
  let won = 0;
  for (let level = 0; level < bins; level++) {
    const cleanHere = clean[level] ?? 0;
    const buggyHere = buggy[level] ?? 0;
    won += buggyHere * (cleanBelow + cleanHere / 2);
    cleanBelow += cleanHere;
    buggyTotal += buggyHere;
    if (!spread) continue;
    spread.changes += cleanHere + buggyHere;
    if (level < 30.5 * binsPerPoint) spread.rolling += cleanHere + buggyHere;
    if (level >= 70.5 * binsPerPoint) spread.blueGreen += cleanHere + buggyHere;
  }
  return won / (cleanBelow * buggyTotal);
}
