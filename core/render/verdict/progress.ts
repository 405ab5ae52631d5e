import type { MetricVerdict, Verdict } from "../../analysis/verdict.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { grouped } from "../numbers.ts";
import type { Voice } from "../sentences.ts";
import { healthyWords, ruleBehind } from "./sentences.ts";
import { intervalText } from "./units.ts";
import { leftOutNames, pairText, windowInterval } from "./words.ts";

const mostMetrics = 6;
const voice: Voice = {
  show: terminalText,
  name: (text) => terminalText(text, 40),
  strong: (text) => text,
};

/**
 * One line a window while a rollout runs, metrics in the order of their names:
 * "window 4/10, candidate vs baseline: errors 0.8 % vs 0.7 %, p95 +3 % ± 6 % · healthy 3/5 · hold: slo:burn-1h".
 * How many windows were healthy in a row is known of the last one only. `cause` is why the store did not answer.
 */
export function progressLine(verdict: Verdict, window = verdict.at_window, cause?: string): string {
  // The deciding metric comes first in the document, and is another one from window to window.
  const metrics = [...verdict.metrics].sort((left, right) => (left.name < right.name ? -1 : 1));
  const shown = metrics.slice(0, mostMetrics).map((metric) => metricWords(metric, window));
  const more = verdict.metrics.length - shown.length;
  if (more > 0) shown.push(`and ${grouped(more)} more`);
  const figures = shown.length > 0 ? `, candidate vs baseline: ${shown.join(", ")}` : ": no data";
  const line = `window ${grouped(window)}/${grouped(verdict.windows_planned)}${figures}${standing(verdict, window)}${cause === undefined ? "" : ` · ${terminalText(cause, 300)}`}`;
  return terminalLines(line);
}

function standing(verdict: Verdict, window: number): string {
  if (window !== verdict.at_window) return "";
  const rule = ruleBehind(verdict);
  const why = rule === undefined ? "" : `: ${voice.name(rule.name)}`;
  const decided = verdict.verdict === "hold" && why === "" ? "" : ` · ${verdict.verdict}${why}`;
  return ` · ${healthyWords(verdict, voice)}${decided}`;
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
