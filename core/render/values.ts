import type { Contributor } from "../decision/shape.ts";
import { columnWords } from "../risk/column-words.ts";
import { rounded, signed } from "./numbers.ts";

type Value = Contributor["value"];

/** Units of the factors that the shipped bundles name; a factor of a team's own shows the bare figure. */
const units = new Map<string, (value: number) => string>([
  ["churn", (value) => `${rounded(value)} × in 30 d`],
  ["coverage", percentChange],
  ["latency", percentChange],
  ["memory", percentChange],
  ["throughput", percentChange],
  ["failure-rate", (value) => `${rounded(Math.round(value * 100))} %`],
  ["recent-rollback", (value) => `${rounded(value)} d ago`],
  ["recent-incident", (value) => `${rounded(value)} d ago`],
]);

function percentChange(value: number): string {
  return `${signed(Math.round(value * 10) / 10)} %`;
}

/** A value as plain text, for a renderer to escape; empty where there is none to show. */
export function valueWords(name: string, value: Value): string {
  if (value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? (units.get(name) ?? rounded)(value) : value;
}

/** What is typical, next to a value that has the unit already; a dash where only the change's own is known. */
export function typicalWords(value: Value, typical: Value): string {
  if (typical === undefined) return value === undefined ? "" : "–";
  if (typeof typical === "boolean") return typical ? "yes" : "no";
  return typeof typical === "number" ? rounded(typical) : typical;
}

/** Factors of the shipped bundles whose name, read as words, would be no English. */
const unknownWords = new Map([
  ["churn", "recent changes of these files"],
  ["tests-failed", "failing tests"],
  ["tests-flaky", "flaky tests"],
  ["integration-failed", "failing integration tests"],
  ["hardware-failed", "failing tests on hardware"],
  ["vulnerabilities-critical", "critical vulnerabilities"],
  ["vulnerabilities-high", "high vulnerabilities"],
  ["vulnerabilities-medium", "medium vulnerabilities"],
  ["failure-rate", "past failures here"],
  ["db-schema", "database schema"],
]);

/** A column of a model, within a sentence. */
function columnInSentence(name: string): string | undefined {
  const words = columnWords(name);
  return words === name ? undefined : `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

/** What is not known, by the name of its factor. */
export function unknownFact(name: string): string {
  return unknownWords.get(name) ?? columnInSentence(name) ?? factWords(name);
}

/** Keys of policy such as `coverage-delta` and facts such as `tests.failed`, as words. */
export function factWords(name: string): string {
  return /^[a-z][a-z0-9._-]*$/u.test(name) ? name.replace(/[._-]+/gu, " ").trim() : name;
}
