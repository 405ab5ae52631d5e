/** Columns that say the same kind of thing, by the names that a dataset has for them. */
const groups: Record<string, readonly string[]> = {
  size: ["la", "ld", "nf"],
  spread: ["nd", "ns", "entropy"],
  history: ["lt", "ndev", "age", "nuc", "churn"],
  kinds: ["fix", "db_schema", "infrastructure", "firmware", "kernel_driver", "bot"],
  people: ["exp", "rexp", "sexp"],
  heuristic: ["heuristic"],
};

export type Group = { name: string; columns: string[] };

/** The groups that some of these belong to; what belongs to none stands together. */
export function groupsOf(names: readonly string[]): Group[] {
  const known = new Set(Object.values(groups).flat());
  const others = names.filter((name) => !known.has(name));
  return [...Object.entries(groups), ["other", others] as const]
    .map(([name, own]) => ({ name, columns: names.filter((column) => own.includes(column)) }))
    .filter(({ columns }) => columns.length > 0);
}
