/** What the columns of a model are called for a person; a column of a team's own keeps its name. */
const words = new Map([
  ["la", "Lines added"],
  ["ld", "Lines deleted"],
  ["nf", "Files"],
  ["nd", "Folders"],
  ["ns", "Modules"],
  ["entropy", "Spread over its files"],
  ["lt", "Length of its files before"],
  ["ndev", "People who changed its files before"],
  ["age", "Days since its files were last changed"],
  ["nuc", "Changes to its files before"],
  ["fix", "A fix, by its title"],
  ["churn", "Recent changes of its busiest file"],
  ["db_schema", "Database schema"],
  ["infrastructure", "Infrastructure"],
  ["firmware", "Firmware"],
  ["kernel_driver", "Kernel or driver"],
  ["bot", "Written by a bot"],
  ["heuristic", "Points of the shipped weights for the diff"],
  ["exp", "Changes by the author before"],
  ["rexp", "Changes by the author lately"],
  ["sexp", "Changes by the author in these parts"],
  ["la_rel", "Lines added, by the length of its files"],
  ["ld_rel", "Lines deleted, by the length of its files"],
  ["la_per_file", "Lines added per file"],
  ["exp_ratio", "Share of the author's changes that is recent"],
  ["sexp_ratio", "Share of the author's changes in these parts"],
]);

/** A name from a model's file is data: whoever shows it escapes it. */
export function columnWords(name: string): string {
  return words.get(name) ?? name;
}

const flags: readonly string[] = ["fix", "db_schema", "infrastructure", "firmware", "kernel_driver", "bot"];

/** A column that says yes or no reads so; others as they are. */
export function columnValue(name: string, value: number): number | boolean {
  return flags.includes(name) && (value === 0 || value === 1) ? value === 1 : value;
}
