import { existsSync } from "node:fs";
import { join } from "node:path";
import { recordsInFile } from "../../adapters/models/table-file.ts";
import { rowsBetween } from "../../core/model/columns/between.ts";
import { historyOf } from "../../core/model/history-of.ts";
import type { History } from "../../core/model/learn.ts";

export type Project = { name: string; path: string; history: History };

const names = ["openstack", "qt", "go", "gerrit", "jdt", "platform"];
/** Facts of people, which a policy has to turn on. */
const ofAuthors = ["exp", "rexp", "sexp"];

/** Changes of six projects, oldest first; null where the folder has no such tables. */
export async function readProjects(
  data: string,
  { authors }: { authors: boolean },
): Promise<Project[] | null> {
  const projects: Project[] = [];
  for (const name of names) {
    const path = join(data, `change-risk/issta21_${name}.csv`);
    if (!existsSync(path)) return null;
    const columns = { time: "ts", label: "bug", exclude: ["commit_id", ...(authors ? [] : ofAuthors)] };
    projects.push({ name, path, history: historyOf(await recordsInFile(path), columns).history });
  }
  return projects;
}

export const oldestShare = 0.7;

export function part({ table, labels, times }: History, from: number, to: number): History {
  const rows = rowsBetween(table, from, to);
  return { table: rows, labels: labels.slice(from, to), times: times.slice(from, to) };
}

/** What is learnt from, and what is asked about. */
export function oldestAndNewest({ history }: Project): { older: History; newer: History } {
  const cut = Math.floor(history.table.rows * oldestShare);
  return { older: part(history, 0, cut), newer: part(history, cut, history.table.rows) };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
