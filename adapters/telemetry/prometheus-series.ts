import * as z from "zod";
import type { TelemetryQuestion } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import { notPrometheus, telemetryFault } from "./fault.ts";

/** Points stay unknown here: a schema that looked at each would take longer than all the rest. */
export const series = z.looseObject({
  metric: z.record(z.string(), z.string()),
  values: z.unknown().optional(),
  value: z.unknown().optional(),
  histograms: z.unknown().optional(),
  histogram: z.unknown().optional(),
});
export type Series = Partial<z.infer<typeof series>> & { metric: Record<string, string> };

/** The points of a matrix, or the one of a vector. */
export function pointsOf(many: unknown, one: unknown, { name }: TelemetryQuestion): readonly unknown[] {
  if (many === undefined) return one === undefined ? [] : [one];
  if (Array.isArray(many)) return many;
  throw notPrometheus(name, "points that are no list");
}

/** `[1700000000.5, "12.5"]`; what is not a finite number is not known. */
export function sampleOf(point: unknown, { name }: TelemetryQuestion): [number, number | null] {
  if (!Array.isArray(point) || point.length !== 2 || typeof point[0] !== "number")
    throw notPrometheus(name, "a point of another form");
  return [point[0], numberOf(point[1])];
}

export function numberOf(text: unknown): number | null {
  if (typeof text !== "string" || text === "") return typeof text === "number" ? finite(text) : null;
  return finite(Number(text));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The only series of an answer; undefined where there is none. More than one is for the query to sum. */
export function oneSeries(all: readonly Series[], { name, query }: TelemetryQuestion): Series | undefined {
  if (all.length <= 1) return all[0];
  const labels = differingLabels(all.map((one) => one.metric));
  const shown = labels.slice(0, 8).map((label) => plain(label, 60));
  const more = labels.length > shown.length ? ", …" : "";
  throw telemetryFault(
    "telemetry-several-series",
    `${plain(name)} was answered with ${all.length} series, which differ in ${shown.join(", ") || "nothing"}${more}. Sum or average them in the query, for example sum(…), or name the one that is meant: ${plain(query, 300)}`,
  );
}

/** Labels that do not have one value in all series. */
export function differingLabels(metrics: readonly Record<string, string>[]): string[] {
  const [first = {}] = metrics;
  const names = new Set(metrics.flatMap((metric) => Object.keys(metric)));
  return [...names].filter((label) => metrics.some((metric) => metric[label] !== first[label])).sort();
}
