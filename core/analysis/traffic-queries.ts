import type { Arms, LabelValue } from "../policy/schema.ts";
import { armVariables } from "../policy/schema.ts";
import { fill } from "./queries.ts";
import { placeOf, type ServiceMetric } from "./service-metrics.ts";
import { piecesOf } from "./template.ts";

/** Both queries of what a whole service does, whichever versions of it serve: all requests, and those that fail. */
export type TrafficQueries = { name: string; total: string; bad: string };

/**
 * Of the metrics of a service the one that counts its requests; undefined where there is none, or where leaving out what
 * tells the versions apart could count other services as well.
 */
export function trafficQueries(
  metrics: readonly ServiceMetric[],
  windowSeconds: number,
): TrafficQueries | undefined {
  const counting = metrics.find(
    ({ metric }) =>
      metric.kind === "ratio" &&
      metric.worse !== "lower" &&
      metric.supplies?.some((name) => name === "canary.error_rate" || name === "canary.success_rate"),
  );
  if (counting?.metric.kind !== "ratio") return undefined;
  const arms = ofEveryVersion(counting.filling.arms);
  if (arms === undefined) return undefined;
  const { total, bad } = counting.metric;
  const filled = (asked: string, template: string): string => {
    const filling = { ...counting.filling, arms, place: placeOf(counting, asked) };
    return fill(template, filling, { name: "baseline", variables: {} }, windowSeconds);
  };
  return { name: counting.name, total: filled("total", total), bad: filled("bad", bad) };
}

/** Labels that stand for either arm. A label that only one of them has may be all that names the service. */
function ofEveryVersion({ both = {}, baseline = {}, candidate = {} }: Arms): Arms | undefined {
  const joined: Record<string, LabelValue> = {};
  for (const [label, value] of Object.entries(both)) joined[label] = ofAny(value);
  const names = new Set([...Object.keys(baseline), ...Object.keys(candidate)]);
  for (const name of names) {
    const own = [baseline[name] ?? both[name], candidate[name] ?? both[name]];
    const texts = own.flatMap((value) => (value === undefined ? [] : (plainTexts(value) ?? [])));
    if (own.some((value) => value === undefined || plainTexts(value) === undefined)) return undefined;
    joined[name] = [...new Set(texts)];
  }
  return { both: joined };
}

/** The texts that a label may have, where no variable and no pattern stands in it. */
function plainTexts(value: LabelValue): string[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string") return undefined;
  return piecesOf(value).some(({ kind }) => kind === "variable") ? undefined : [value];
}

/** The label's value with anything in the place of what differs between the versions. */
function ofAny(value: LabelValue): LabelValue {
  if (Array.isArray(value)) return value;
  const isText = typeof value === "string";
  const pieces = piecesOf(isText ? value : value.pattern);
  const differs = (name: string): boolean => armVariables.some((one) => one === name);
  if (!pieces.some((piece) => piece.kind === "variable" && differs(piece.name))) return value;
  const pattern = pieces.map((piece) => {
    if (piece.kind === "variable") return differs(piece.name) ? ".*" : `\${${piece.name}}`;
    return isText ? piece.text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&") : piece.text;
  });
  return { pattern: pattern.join("") };
}
