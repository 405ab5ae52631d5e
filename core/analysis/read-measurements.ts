import type * as z from "zod";
import { UserError } from "../errors.ts";
import { didYouMean } from "../policy/suggest.ts";
import { printable, quoted } from "../policy/yaml/quoted.ts";
import { type Measurements, measurements } from "./measurements.ts";

/** One line of a file of rollouts; `where` names it in errors. */
export function readMeasurements(text: string, where: string): Measurements {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault(where, "is not JSON. Write one rollout a line");
  }
  const read = measurements.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const what = missingKey(issue, json) ?? `${placeOf(issue)}${issue?.message ?? "does not fit"}`;
  throw fault(where, `${printable(what)}${what.endsWith("?") ? "" : "."} docs/analyze.md shows the form`);
}

/** "metrics.latency: " */
function placeOf(issue: z.core.$ZodIssue | undefined): string {
  return issue?.path.length ? `${issue.path.map(String).join(".")}: ` : "";
}

/** A key of the document itself that is not there, and one of those that are which it may have been meant to be. */
function missingKey(issue: z.core.$ZodIssue | undefined, json: unknown): string | undefined {
  const [key, ...deeper] = issue?.path ?? [];
  if (typeof key !== "string" || deeper.length > 0) return undefined;
  if (typeof json !== "object" || json === null || Object.hasOwn(json, key)) return undefined;
  const strangers = Object.keys(json).filter((name) => !Object.hasOwn(measurements.shape, name));
  const slip = strangers.find((name) => didYouMean(name, [key]) !== "");
  return `${key} is missing${slip === undefined ? "" : `; did you mean it by ${quoted(slip)}?`}`;
}

function fault(where: string, what: string): UserError {
  return new UserError("bad-measurements", `${printable(where)}: ${what}.`);
}
