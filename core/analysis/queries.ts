import { UserError } from "../errors.ts";
import type {
  ArmLabels,
  Arms,
  LabelValue,
  QueryMetric,
  QueryVariable,
  VariableValue,
} from "../policy/schema.ts";
import { armVariables, reservedVariables } from "../policy/schema.ts";
import { didYouMean } from "../policy/suggest.ts";
import { printable } from "../policy/yaml/quoted.ts";
import { type Piece, piecesOf, type Standing } from "./template.ts";

export type ArmName = "baseline" | "candidate";

/** One arm of a rollout: its name, and what the rollout knows of it, for example `{ version: "1.4.2" }`. */
export type Arm = { name: ArmName; variables: Readonly<Record<string, VariableValue>> };

/** What a template may be filled with. */
export type Filling = {
  /** How errors call the place, for example `error-rate.bad of the set red-http`. */
  place: string;
  declared: Readonly<Record<string, QueryVariable>>;
  given: Readonly<Record<string, VariableValue>>;
  arms: Arms;
};

export type Asked = "total" | "bad" | "value" | "buckets";

/** The templates of a metric by what is asked with each. */
export function templatesOf(metric: QueryMetric): [asked: Asked, template: string][] {
  if (metric.kind === "gauge") return [["value", metric.value]];
  if (metric.kind === "histogram") return [["buckets", metric.buckets]];
  return [
    ["total", metric.total],
    ["bad", metric.bad],
  ];
}

/** A query out of its template. Whatever a value holds, it stays one value: it can neither end a string nor a pattern. */
export function fill(template: string, filling: Filling, arm: Arm, windowSeconds: number): string {
  let query = "";
  const pieces = piecesOf(template);
  for (const [at, piece] of pieces.entries()) {
    if (piece.kind === "text") {
      query += piece.text;
      continue;
    }
    const { name, standing } = piece;
    if (name === "window") query += windowText(standing, windowSeconds, filling);
    else if (name === "arm") {
      const labels = armText(standing, filling, arm);
      // Without labels one of the commas around them goes too.
      if (labels === "" && /,\s*$/.test(query)) query = query.replace(/,\s*$/, "");
      else if (labels === "") dropComma(pieces[at + 1]);
      query += labels;
    } else query += written(name, valueFor(name, filling, arm), standing, filling);
  }
  return query.trim();
}

function dropComma(next: Piece | undefined): void {
  if (next?.kind === "text") next.text = next.text.replace(/^\s*,\s*/, "");
}

function windowText(standing: Standing, windowSeconds: number, { place }: Filling): string {
  if (standing.kind !== "bare") throw malformed(place, "$window stands in quotes; write [$window]");
  return Number.isInteger(windowSeconds) ? `${windowSeconds}s` : `${Math.round(windowSeconds * 1000)}ms`;
}

/** Labels of one arm: those of both, and its own in the place of those with the same name. */
export function labelsOf({ both, ...own }: Arms, name: ArmName): ArmLabels {
  return { ...both, ...own[name] };
}

function armText(standing: Standing, filling: Filling, arm: Arm): string {
  if (standing.kind !== "bare")
    throw malformed(filling.place, '$arm stands in quotes; write it among the labels: {job="$job",$arm}');
  const labels = Object.entries(labelsOf(filling.arms, arm.name));
  return labels.map(([label, value]) => `${label}${labelText(value, filling, arm)}`).join(",");
}

function labelText(value: LabelValue, filling: Filling, arm: Arm): string {
  if (Array.isArray(value)) return `=~"${inString(value.map(inPattern).join("|"), '"')}"`;
  const place = { ...filling, place: `the ${arm.name}'s labels for ${filling.place}` };
  if (typeof value !== "string") return filledLabel("=~", value.pattern, place, arm);
  const [, name] = /^\$\{?([a-z][a-z0-9_-]*)\}?$/.exec(value) ?? [];
  const list = name !== undefined && Array.isArray(valueFor(name, place, arm));
  return filledLabel(list ? "=~" : "=", value, place, arm);
}

function filledLabel(operator: string, text: string, filling: Filling, arm: Arm): string {
  return fill(`${operator}"${inString(text, '"')}"`, filling, arm, 0);
}

function valueFor(name: string, { place, declared, given }: Filling, arm: Arm): VariableValue {
  const ofArm = armVariables.some((one) => one === name);
  const variable = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (!ofArm && variable === undefined) {
    const known = [...Object.keys(declared), ...reservedVariables];
    throw new UserError(
      "query-variable-unknown",
      `${printable(place, 200)}: $${name} is no variable here${didYouMean(name, known) || "."} Allowed: ${known.map((one) => `$${one}`).join(", ")}.`,
    );
  }
  const found = ofArm ? own(arm.variables, name) : (own(given, name) ?? variable?.default);
  if (found !== undefined && found.length > 0) return found;
  const remedy = ofArm
    ? `the rollout does not know it of the ${arm.name}: give ${arm.name === "baseline" ? "--stable" : "--candidate"} (in a workflow the input ${arm.name === "baseline" ? "stable" : "candidate"}) with it, or name labels that it knows under telemetry.arms of the service`
    : `write it under telemetry.variables of the service (${printable(variable?.description ?? "", 200)})`;
  throw new UserError(
    "query-variable-missing",
    `${printable(place, 200)}: $${name} has no value: ${remedy}.`,
  );
}

function own(values: Readonly<Record<string, VariableValue>>, name: string): VariableValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function written(name: string, value: VariableValue, standing: Standing, filling: Filling): string {
  const { place, declared } = filling;
  const form = declared[name]?.form ?? "text";
  const values = typeof value === "string" ? [value] : value;
  const [first = ""] = values;
  if (standing.kind === "raw")
    throw malformed(place, `$${name} stands in backticks, where nothing can be escaped; use double quotes`);
  if (standing.kind === "bare") {
    const allowed = form === "name" ? /^[a-zA-Z_:][a-zA-Z0-9_:]*$/ : /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;
    if (form === "text" || form === "pattern")
      throw malformed(place, `$${name} stands outside of quotes; there only a form of name or number fits`);
    if (values.length > 1 || !allowed.test(first))
      throw malformed(place, `$${name} is ${JSON.stringify(first.slice(0, 60))}, which is no ${form}`);
    return first;
  }
  if (standing.kind === "pattern") {
    const patterns = form === "pattern" ? values : values.map(inPattern);
    const pattern =
      patterns.length === 1 && form !== "pattern" ? patterns.join("") : `(?:${patterns.join("|")})`;
    return inString(pattern, standing.quote);
  }
  if (values.length > 1 || form === "pattern")
    throw malformed(
      place,
      `$${name} is ${form === "pattern" ? "a pattern" : "a list"} behind ${standing.operator || "no operator"}; write =~`,
    );
  return inString(first, standing.quote);
}

/** For regular expressions of RE2: nothing in the text means anything but itself. */
function inPattern(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}

const escapes = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function inString(text: string, quote: string): string {
  return text.replaceAll(
    /[\\\n\r\t"']/g,
    (mark) => escapes.get(mark) ?? (mark === quote ? `\\${mark}` : mark),
  );
}

function malformed(place: string, what: string): UserError {
  return new UserError("query-malformed", `${printable(place, 200)}: ${what}.`);
}
