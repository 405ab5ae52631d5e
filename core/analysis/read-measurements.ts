import { UserError } from "../errors.ts";
import { printable } from "../policy/yaml/quoted.ts";
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
  const place = issue?.path.length ? ` at ${issue.path.join(".")}` : "";
  throw fault(
    where,
    `${printable(`${issue?.message ?? "does not fit"}${place}`)}. docs/analyze.md shows the form`,
  );
}

function fault(where: string, what: string): UserError {
  return new UserError("bad-measurements", `${printable(where)}: ${what}.`);
}
