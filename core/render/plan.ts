import type { PaceStep } from "../decision/shape.ts";
import type { StrategyKind } from "../policy/schema.ts";
import { counted, listed, rounded } from "./numbers.ts";

/** Words for a plan: "canary 10 → 25 → 50 → 100 % (about 32 min)". */

const secondsPerUnit = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
]);

/** Seconds of "90s", "5m" or "1h30m"; undefined where the text is no duration. */
export function durationSeconds(text: string): number | undefined {
  if (text.length > 40 || !/^(?:\d+[smhd])+$/u.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/gu)) {
    seconds += Number(amount) * (secondsPerUnit.get(unit ?? "") ?? 0);
  }
  return seconds;
}

/** "90 s", "32 min", "1 h 30 min", "2 d 4 h". */
export function durationWords(seconds: number): string {
  if (seconds < 60 || (seconds < 120 && seconds > 60)) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return joined(minutes, 60, "h", "min");
  return joined(Math.round(minutes / 60), 24, "d", "h");
}

function joined(total: number, per: number, large: string, small: string): string {
  const rest = total % per;
  const whole = `${Math.floor(total / per)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** How long the plan watches if every window is healthy; undefined where one of them is no duration. */
export function paceSeconds(strategy: StrategyKind, pace: readonly PaceStep[]): number | undefined {
  let total = 0;
  for (const step of pace) {
    const window = durationSeconds(step.window);
    if (window === undefined) return undefined;
    total += window * step.healthy_windows;
  }
  const only = pace.length === 1 ? pace[0]?.batch : undefined;
  return strategy === "rolling" && only !== undefined && only > 0 ? total * Math.ceil(100 / only) : total;
}

function shareOf(step: PaceStep): number | undefined {
  return step.weight ?? step.batch ?? step.cohort;
}

/** "10 % of traffic", "50 % of instances", "5 % of devices". */
export function sharePercent(step: PaceStep): string {
  if (step.weight !== undefined) return `${rounded(step.weight)} % of traffic`;
  if (step.batch !== undefined) return `${rounded(step.batch)} % of instances`;
  return step.cohort === undefined ? "all" : `${rounded(step.cohort)} % of devices`;
}

/** "10 → 25 → 50 → 100 %"; a long ladder keeps its ends. */
function ladder(pace: readonly PaceStep[]): string {
  const shares = pace.map(shareOf).filter((share) => share !== undefined);
  const distinct = shares.filter((share, index) => share !== shares[index - 1]).map(rounded);
  if (distinct.length === 0) return "";
  const shown = distinct.length > 8 ? [...distinct.slice(0, 4), "…", ...distinct.slice(-2)] : distinct;
  return `${shown.join(" → ")} %`;
}

/** The plan without its time: "canary 10 → 25 → 50 → 100 %". */
export function paceSteps(strategy: StrategyKind, pace: readonly PaceStep[]): string {
  const steps = ladder(pace);
  switch (strategy) {
    case "rolling":
      return steps ? `rolling, batches of ${steps}` : "rolling";
    case "canary":
      return steps ? `canary ${steps}` : "canary";
    case "cohorts":
      return steps ? `cohorts ${steps}` : "cohorts";
    case "blue-green":
      return blueGreen(pace);
  }
}

/** A blue-green plan is told by what must be healthy before the cut-over, unless it moves traffic in steps. */
function blueGreen(pace: readonly PaceStep[]): string {
  const moving = pace.filter((step) => (shareOf(step) ?? 100) > 0 && (shareOf(step) ?? 100) < 100);
  if (moving.length > 0) return `blue-green ${ladder(pace)}`;
  const healthy = pace.reduce((sum, step) => sum + step.healthy_windows, 0);
  if (healthy === 0) return "blue-green";
  const window = windowWords(pace);
  const length = window === "" ? "" : ` of ${window}`;
  return `blue-green, cut-over after ${counted(healthy, "healthy window")}${length}`;
}

/** "2 / 5 / 10 / 15 min", or one figure where all are equal. */
function windowWords(pace: readonly PaceStep[]): string {
  const seconds = pace.map((step) => durationSeconds(step.window));
  const known = seconds.filter((window) => window !== undefined);
  if (known.length === 0 || known.length < seconds.length) return "";
  const equal = known.every((window) => window === known[0]);
  if (equal) return durationWords(known[0] ?? 0);
  if (known.length <= 8 && known.every((window) => window % 60 === 0))
    return `${known.map((window) => window / 60).join(" / ")} min`;
  return listed([durationWords(Math.min(...known)), durationWords(Math.max(...known))], "to");
}

/** The plan in words, with the time that it takes when all goes well. */
export function paceWords(strategy: StrategyKind, pace: readonly PaceStep[]): string {
  const seconds = paceSeconds(strategy, pace);
  return `${paceSteps(strategy, pace)}${seconds ? ` (about ${durationWords(seconds)})` : ""}`;
}

/** The plan for a table of services: "canary 10 → 25 → 50 → 100 %, 2 / 5 / 10 / 15 min windows". */
export function paceWithWindows(strategy: StrategyKind, pace: readonly PaceStep[]): string {
  const windows = windowWords(pace);
  const steps = paceSteps(strategy, pace);
  return windows === "" || steps.includes("window") ? steps : `${steps}, ${windows} windows`;
}
