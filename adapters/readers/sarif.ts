import type { JsonPath, JsonScalar } from "./json.ts";
import { walkJson } from "./json.ts";
import { MalformedReport } from "./malformed.ts";
import type { ReportReader } from "./reader.ts";
import { type Finding, type Severity, severityOfScore } from "./vulnerability-tally.ts";

type Rule = { id?: string; level?: string; score?: number };
type Result = {
  ruleId?: string;
  ruleIndex?: number;
  component?: number;
  level?: string;
  kind?: string;
  baseline?: string;
  score?: number;
  suppressions: string[];
  uri?: string;
  line?: number;
  column?: number;
};
type Run = {
  /** By "component index", where the component is "driver" or the number of an extension. */
  rules: Map<string, Rule>;
  results: Result[];
  hasResults: boolean;
  failed: boolean;
  overflowed: boolean;
};

const mostRules = 100_000;
const mostResults = 100_000;

/** SARIF 2.1.0. A tool may write its results before its rules, so a run is judged when it ends. */
export const sarif: ReportReader = {
  title: "SARIF 2.1.0",
  detect: ({ members }) =>
    members !== undefined &&
    !members.has("bomFormat") &&
    (members.has("runs") || /sarif/i.test(members.get("$schema") ?? "")),
  async read(text, into, problem) {
    let run: Run | undefined;
    let result: Result | undefined;
    let version: JsonScalar | undefined;
    let runs = 0;
    const doubt = (sentence: string) => {
      problem(sentence);
      into.vulnerabilities.incomplete();
    };
    await walkJson(text, {
      open(path) {
        if (path[0] !== "runs") return;
        if (path.length === 2) run = newRun();
        else if (path[2] === "results" && path.length === 3 && run) run.hasResults = true;
        else if (path[2] === "results" && path.length === 4) result = { suppressions: [] };
        else if (path[4] === "suppressions" && path.length === 6) result?.suppressions.push("accepted");
      },
      scalar(path, value) {
        if (path.length === 1 && path[0] === "version") version = value;
        if (path[0] !== "runs" || !run) return;
        if (path[2] === "tool") readRule(run, path, value);
        else if (path[2] === "results" && result) readResult(result, path, value);
        else if (path[2] === "invocations" && path[4] === "executionSuccessful")
          run.failed ||= value === false;
      },
      close(path) {
        if (path[0] !== "runs") return;
        if (path.length === 4 && path[2] === "results" && run && result) {
          if (counts(result) && !keep(run, result)) run.overflowed = true;
          result = undefined;
        } else if (path.length === 2 && run) {
          runs++;
          for (const finding of findingsOf(run)) into.vulnerabilities.add(finding);
          if (!run.hasResults) doubt("has a run without results, so what it did not find is unknown");
          if (run.failed) doubt("says that its scan did not succeed, so what it did not find is unknown");
          if (run.overflowed) doubt(`has more than ${mostResults} results; the rest was not read`);
          run = undefined;
        }
      },
    });
    if (version !== "2.1.0")
      throw new MalformedReport(`it is SARIF ${String(version ?? "of no version")}, not 2.1.0`);
    into.vulnerabilities.report();
    if (runs === 0) doubt("has no run, so vulnerabilities are unknown");
  },
};

function newRun(): Run {
  return { rules: new Map(), results: [], hasResults: false, failed: false, overflowed: false };
}

function keep(run: Run, result: Result): boolean {
  if (run.results.length >= mostResults) return false;
  run.results.push(result);
  return true;
}

function readRule(run: Run, path: JsonPath, value: JsonScalar): void {
  const isDriver = path[3] === "driver";
  const at = isDriver ? 4 : 5;
  if (path[at] !== "rules" || (!isDriver && path[3] !== "extensions")) return;
  const key = `${isDriver ? "driver" : path[4]} ${path[at + 1]}`;
  const [field, inner] = [path[at + 2], path[at + 3]];
  const isScore = field === "properties" && inner === "security-severity";
  const isLevel = field === "defaultConfiguration" && inner === "level";
  if (field !== "id" && !isScore && !isLevel) return;
  const rule = run.rules.get(key) ?? {};
  if (run.rules.size >= mostRules && !run.rules.has(key))
    throw new MalformedReport(`it has more than ${mostRules} rules`);
  run.rules.set(key, rule);
  if (field === "id" && path.length === at + 3 && typeof value === "string") rule.id = value.slice(0, 200);
  else if (isLevel && typeof value === "string") rule.level = value;
  else if (isScore) rule.score = scoreOf(value);
}

function readResult(result: Result, path: JsonPath, value: JsonScalar): void {
  const [field, inner] = [path[4], path[5]];
  const text = typeof value === "string" ? value.slice(0, 1000) : undefined;
  const number = typeof value === "number" ? value : undefined;
  if (path.length === 5) {
    if (field === "ruleId") result.ruleId = text;
    else if (field === "ruleIndex") result.ruleIndex = number;
    else if (field === "level") result.level = text;
    else if (field === "kind") result.kind = text;
    else if (field === "baselineState") result.baseline = text;
  } else if (field === "rule") {
    if (inner === "id" && path.length === 6) result.ruleId ??= text;
    else if (inner === "index" && path.length === 6) result.ruleIndex ??= number;
    else if (inner === "toolComponent" && path[6] === "index") result.component = number;
  } else if (field === "properties" && inner === "security-severity") result.score = scoreOf(value);
  else if (field === "suppressions" && path[6] === "status" && text)
    result.suppressions[result.suppressions.length - 1] = text;
  else if (field === "locations" && inner === 0 && path[6] === "physicalLocation") {
    if (path[7] === "artifactLocation" && path[8] === "uri") result.uri = text;
    else if (path[7] === "region" && path[8] === "startLine") result.line = number;
    else if (path[7] === "region" && path[8] === "startColumn") result.column = number;
  }
}

/** New failures that no one has set aside. A suppression under review or rejected sets nothing aside. */
function counts(result: Result): boolean {
  const isSuppressed =
    result.suppressions.length > 0 && result.suppressions.every((status) => status === "accepted");
  const isOld = result.baseline === "absent" || result.baseline === "unchanged";
  return !isSuppressed && !isOld && (result.kind ?? "fail") === "fail";
}

function* findingsOf(run: Run): Generator<Finding> {
  const byId = new Map<string, Rule>();
  for (const rule of run.rules.values())
    if (rule.id !== undefined && !byId.has(rule.id)) byId.set(rule.id, rule);
  for (const result of run.results) {
    const rule = ruleOf(result, run.rules, byId);
    const severity = severityOf(result, rule);
    if (severity === "less") continue;
    const place = [(result.uri ?? "").replace(/^(?:file:\/\/|\.\/)/, ""), result.line, result.column];
    const location = place.filter((part) => part !== undefined && part !== "").join(":");
    yield { identifier: result.ruleId ?? rule?.id ?? "a rule without an id", location, severity };
  }
}

function ruleOf(result: Result, rules: Map<string, Rule>, byId: Map<string, Rule>): Rule | undefined {
  const indexed =
    result.ruleIndex === undefined
      ? undefined
      : rules.get(`${result.component ?? "driver"} ${result.ruleIndex}`);
  const { ruleId } = result;
  if (ruleId === undefined) return indexed;
  // An id may add to its rule's, as CA1000/1 to CA1000.
  const parent = ruleId.slice(0, Math.max(0, ruleId.lastIndexOf("/")));
  if (indexed && (indexed.id === ruleId || indexed.id === parent)) return indexed;
  return byId.get(ruleId) ?? byId.get(parent) ?? indexed;
}

function severityOf(result: Result, rule: Rule | undefined): Severity | "less" {
  const score = result.score ?? rule?.score;
  if (score !== undefined) return severityOfScore(score);
  const level = result.level ?? rule?.level ?? "warning";
  return level === "error" ? "high" : level === "warning" ? "medium" : "less";
}

function scoreOf(value: JsonScalar): number | undefined {
  const score = typeof value === "string" && /^\d{1,2}(?:\.\d{1,10})?$/.test(value) ? Number(value) : value;
  return typeof score === "number" && score >= 0 && score <= 10 ? score : undefined;
}
