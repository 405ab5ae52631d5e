import type { MetricPolicy } from "./metric-policy.ts";

/** What a step has to be able to see, as people say it. `good` is set where a metric is judged by its failures. */
export function targetText({ target, worse }: MetricPolicy, name: string, good: number | undefined): string {
  if (target >= 1 && good !== undefined) return `failures of ${name} doubled`;
  if (target === 1 && worse !== "lower") return `${name} doubled`;
  return `${name} ${worse === "lower" ? "−" : "+"}${Math.round(target * 1000) / 10} %`;
}
