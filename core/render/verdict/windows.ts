import type { MetricVerdict, Verdict } from "../../analysis/verdict.ts";
import { detailsBlock } from "../details.ts";
import { code } from "../escape.ts";
import { markdownTable } from "../markdown.ts";
import { counted, grouped } from "../numbers.ts";
import { figureText, intervalText, valueText } from "./units.ts";
import { leftOutNames, windowInterval } from "./words.ts";

/** The windows of each metric, closed until somebody opens them. So many rows in all, shared out evenly. */
export function windowsBlock(verdict: Verdict, mostRows: number): string {
  const metrics = verdict.metrics.filter((metric) => metric.windows.length > 0).slice(0, mostRows);
  const each = Math.floor(mostRows / Math.max(1, metrics.length));
  if (metrics.length === 0) return "";
  return detailsBlock(
    "Windows",
    metrics.map((metric) => windowsTable(metric, each)),
  );
}

function windowsTable(metric: MetricVerdict, most: number): string {
  const rows = metric.windows.slice(-most).map((window) => {
    const interval = windowInterval(metric, window);
    return [
      grouped(window.window),
      valueText(window.candidate, metric.unit),
      valueText(window.baseline, metric.unit),
      interval ? intervalText(interval, metric.unit) : "–",
      window.evidence === null ? "–" : figureText(window.evidence),
      window.left_out ? leftOutNames[window.left_out] : "",
    ];
  });
  const cut = metric.windows.length > most ? `the last ${grouped(most)} of ` : "";
  const title = `${code(metric.name, 80)}: ${cut}${counted(metric.windows.length, "window")}`;
  const headings = [
    "--: Window",
    "--: candidate",
    "--: baseline",
    "--: effect so far",
    "--: evidence",
    "left out",
  ];
  return `${title}\n\n${markdownTable(headings, rows)}`;
}
