import { type BaselineWish, baselineWishes } from "../../core/analysis/baseline.ts";
import { longestWindowSeconds } from "../../core/analysis/measurements.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { mostWindows } from "../../core/policy/analysis-defaults.ts";
import { durationAdvice, formatDuration, parseDuration } from "../../core/policy/duration.ts";
import { armVariables, type VariableValue } from "../../core/policy/schema.ts";
import { didYouMean } from "../../core/policy/suggest.ts";
import { type InputValues, printable } from "../io.ts";
import { failOnVerdicts, onProbeFailures } from "./declaration.ts";

type Values = Record<string, VariableValue>;

export type AnalyzeInputs = {
  service?: string;
  environment?: string;
  decisionId?: string;
  candidate: Values;
  stable: Values;
  /** Absent where the target gave no fresh baseline. */
  fresh?: Values;
  baseline: BaselineWish;
  weight?: number;
  sets: string[];
  variables: Values;
  windowSeconds?: number;
  windows?: number;
  settleSeconds: number;
  telemetryUrl?: string;
  ready: string[];
  live: string[];
  onProbeFailure: (typeof onProbeFailures)[number];
  history?: string;
  /** Adds the rollout to the history. */
  append: boolean;
  measurements?: string;
  resume?: string;
  days: number;
  instanceLabel: string;
  failOn: (typeof failOnVerdicts)[number];
};

/** The inputs of analyze, typed; those with a list of allowed values were checked when they were read. */
export function analyzeInputs(input: InputValues): AnalyzeInputs {
  const given = (name: string): string | undefined => input(name) || undefined;
  const fresh = armOf("fresh", input("fresh"));
  checkAppend(input);
  return {
    ...optional("service", given("service")),
    ...optional("environment", given("environment")),
    ...optional("decisionId", given("decision-id")),
    candidate: armOf("candidate", input("candidate")),
    stable: armOf("stable", input("stable")),
    ...optional("fresh", Object.keys(fresh).length > 0 ? fresh : undefined),
    baseline: baselineWishes.find((wish) => wish === input("baseline")) ?? "auto",
    ...optional("weight", numberOf("weight", given("weight"), { least: 0, most: 100 })),
    sets: linesOf(input("sets")),
    variables: pairsOf("variables", input("variables")),
    ...optional("windowSeconds", secondsOf("window", given("window"))),
    ...optional(
      "windows",
      numberOf("windows", given("windows"), { least: 1, most: mostWindows, whole: true }),
    ),
    settleSeconds: secondsOf("settle", given("settle")) ?? 0,
    ...optional("telemetryUrl", given("telemetry-url")),
    ready: linesOf(input("ready")),
    live: linesOf(input("live")),
    onProbeFailure: onProbeFailures.find((one) => one === input("on-probe-failure")) ?? "hold",
    ...optional("history", given("history")),
    append: input("append") === "true",
    ...optional("measurements", given("measurements")),
    ...optional("resume", given("resume")),
    days: numberOf("days", given("days"), { least: 1, most: 365 }) ?? 7,
    instanceLabel: given("instance-label") ?? "instance",
    failOn: failOnVerdicts.find((one) => one === input("fail-on")) ?? "rollback",
  };
}

/** Checked at once: what a rollout measured should not be lost at its end. */
function checkAppend(input: InputValues): void {
  if (input("append") !== "true") return;
  if (input("history") === "" || input("history") === "-")
    throw bad("append", "true", "where history names the file that the rollout is added to");
  if (input("measurements") !== "")
    throw bad(
      "append",
      "true",
      "of a rollout that runs; the line of a recording is added to a history by hand",
    );
}

/** One a line, or between commas, as a command line has them. */
function linesOf(text: string): string[] {
  return text
    .split(/[\r\n,]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}

const onePair = (input: string): string =>
  `one name=value a line, on the command line one --${input} for each; commas are for the values of one list`;

/** `name=value` a line; a value with commas is a list, in which no other pair may hide. */
function pairsOf(input: string, text: string): Values {
  const pairs = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line): [string, VariableValue] => {
      const at = line.indexOf("=");
      const value = line.slice(at + 1).trim();
      if (at < 1 || /,\s*[a-z][a-z0-9_-]*=/.test(value)) throw bad(input, line, onePair(input));
      return [line.slice(0, at).trim(), value.includes(",") ? linesOf(value) : value];
    });
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) < index)?.[0];
  if (twice !== undefined) throw bad(input, twice, "each name once");
  return Object.fromEntries(pairs);
}

export function armOf(input: string, text: string): Values {
  const values = pairsOf(input, text === "" || text.includes("=") ? text : `version=${text}`);
  for (const name of Object.keys(values))
    if (!armVariables.some((one) => one === name))
      throw bad(input, name, `${armVariables.join(", ")}${didYouMean(name, [...armVariables])}`);
  return values;
}

function numberOf(
  input: string,
  text: string | undefined,
  { least, most, whole = false }: { least: number; most: number; whole?: boolean },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replace(/\s*%$/, ""));
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw bad(input, text, `a ${whole ? "whole " : ""}number from ${least} to ${most}`);
}

function secondsOf(input: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds === undefined || (seconds === 0 && input !== "settle")) throw bad(input, text, durationAdvice);
  if (input === "window" && seconds > longestWindowSeconds)
    throw bad(input, text, `at most ${formatDuration(longestWindowSeconds)}`);
  return seconds;
}

function bad(input: string, value: string, allowed: string): UserError {
  return new UserError(
    "bad-input",
    `Input "${input}" of analyze is "${printable(value)}". Allowed: ${allowed}.`,
    exitCodes.usage,
  );
}
