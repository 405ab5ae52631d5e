import type { Table } from "./table.ts";

/**
 * Columns that follow from others of a change, by the names that just-in-time defect prediction has for them: la and ld
 * lines added and deleted, lt lines of the files before, nf files, exp, rexp and sexp the author's changes in all, lately
 * and in these parts. A tree asks about one column at a time; the ratio of two it can only approach.
 */
const formulas: { name: string; of: readonly string[]; value: (values: readonly number[]) => number }[] = [
  { name: "churn", of: ["la", "ld"], value: ([added = Number.NaN, deleted = Number.NaN]) => added + deleted },
  { name: "la_rel", of: ["la", "lt"], value: ratio },
  { name: "ld_rel", of: ["ld", "lt"], value: ratio },
  { name: "la_per_file", of: ["la", "nf"], value: ratio },
  { name: "exp_ratio", of: ["rexp", "exp"], value: ratio },
  { name: "sexp_ratio", of: ["sexp", "exp"], value: ratio },
];

function ratio([part = Number.NaN, whole = Number.NaN]: readonly number[]): number {
  return part / (whole + 1);
}

/** Names of the columns that can be told from these, which themselves are left out. */
export function derivedNames(names: readonly string[]): string[] {
  const known = new Set(names);
  return formulas
    .filter(({ name, of }) => !known.has(name) && of.every((one) => known.has(one)))
    .map(({ name }) => name);
}

/** The columns asked for, by name, derived where they are not there. */
export function withDerived(table: Table, wanted: readonly string[]): Table {
  const columns = wanted.map((name) => {
    const found = table.columns[table.names.indexOf(name)];
    if (found !== undefined) return found;
    const formula = formulas.find((one) => one.name === name);
    const parts = formula?.of.map((one) => table.columns[table.names.indexOf(one)]) ?? [];
    return Float64Array.from({ length: table.rows }, (_, row) =>
      formula === undefined ? Number.NaN : formula.value(parts.map((part) => part?.[row] ?? Number.NaN)),
    );
  });
  return { names: wanted, columns, rows: table.rows };
}

/** Columns that have to be given so that all of these are there. */
export function neededFor(wanted: readonly string[]): string[] {
  return [...new Set(wanted.flatMap((name) => formulas.find((one) => one.name === name)?.of ?? [name]))];
}
