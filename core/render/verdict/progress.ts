import type { MetricVerdict, Verdict } from "../../analysis/verdict.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { grouped } from "../numbers.ts";
import { intervalText } from "./units.ts";
import { leftOutNames, pairText, windowInterval } from "./words.ts";

const mostMetrics = 6;

/**
 * One line a window while a rollout runs: "window 4/10: errors 0.8 % vs 0.7 %, p95 +3 % ± 6 % · healthy 3/5".
 * How many windows were healthy in a row is known of the last one only.
 */
export function progressLine(verdict: Verdict, window = verdict.at_window): string {
  const shown = verdict.metrics.slice(0, mostMetrics).map((metric) => metricWords(metric, window));
  const more = verdict.metrics.length - shown.length;
  if (more > 0) shown.push(`and ${grouped(more)} more`);
  const figures = shown.length > 0 ? shown.join(", ") : "no data";
  const line = `window ${grouped(window)}/${grouped(verdict.windows_planned)}: ${figures}${standing(verdict, window)}`;
  return terminalLines(line);
}

function standing(verdict: Verdict, window: number): string {
  if (window !== verdict.at_window) return "";
  const { in_a_row: healthy, needed } = verdict.healthy_windows;
  const decided = verdict.verdict === "hold" ? "" : ` · ${verdict.verdict}`;
  return ` · healthy ${grouped(healthy)}/${grouped(needed)}${decided}`;
}

/** Shares are told by both values, all else by its shift: that a latency is 231 ms says little by itself. */
function metricWords(metric: MetricVerdict, window: number): string {
  const name = terminalText(metric.name, 40);
  const found = metric.windows.find((one) => one.window === window);
  if (!found || (found.baseline === null && found.candidate === null)) return `${name} no data`;
  const aside = found.left_out ? ` (${leftOutNames[found.left_out]})` : "";
  const interval = windowInterval(metric, found);
  if (metric.unit === "share" || !interval) return `${name} ${pairText({ ...metric, ...found })}${aside}`;
  return `${name} ${intervalText(interval, metric.unit)}${aside}`;
}
