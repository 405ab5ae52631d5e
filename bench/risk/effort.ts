import type { Project } from "./projects.ts";

const reviewedShare = 0.2;

/** Share of the buggy changes that a reviewer finds in a fifth of all changed lines, the highest `priority` first. */
export function recallAtEffort(project: Project, priority: (row: number) => number): number {
  const lines = (row: number): number => (project.additions[row] ?? 0) + (project.deletions[row] ?? 0);
  const rows = Array.from(project.buggy.keys());
  const priorities = rows.map(priority);
  rows.sort((left, right) => (priorities[right] ?? 0) - (priorities[left] ?? 0) || left - right);
  const budget = reviewedShare * rows.reduce((total, row) => total + lines(row), 0);
  let read = 0;
  let found = 0;
  let buggy = 0;
  for (const row of rows) {
    read += lines(row);
    const label = project.buggy[row] ?? 0;
    buggy += label;
    if (read <= budget) found += label;
  }
  return found / buggy;
}

/** Score for each changed line: what a reviewer short of time would sort by. */
export function scorePerLine(project: Project, scores: Float64Array): (row: number) => number {
  return (row) => (scores[row] ?? 0) / (1 + (project.additions[row] ?? 0) + (project.deletions[row] ?? 0));
}
