import type { ChangeFacts } from "./facts.ts";

/** What was measured of one service that a change touches; undefined is unknown. */
export type ServiceTraffic = {
  service: string;
  requestsPerSecond?: number;
  errorBudgetLeftPercent?: number;
  /** The least that policy asks to be left. */
  minimumPercent: number;
};

/**
 * Of several services the busiest one's traffic and the smallest budget, each where all of them are known. A budget that
 * is spent counts even where another one is unknown.
 */
export function trafficFacts(measured: readonly ServiceTraffic[]): ChangeFacts | undefined {
  if (measured.length === 0) return undefined;
  const rates = measured.flatMap(({ requestsPerSecond: rate }) => (rate === undefined ? [] : [rate]));
  const budgets = measured.flatMap(({ errorBudgetLeftPercent: left }) => (left === undefined ? [] : [left]));
  const spent = measured.flatMap(({ errorBudgetLeftPercent: left, minimumPercent }) =>
    left !== undefined && left < minimumPercent ? [left] : [],
  );
  const told = budgets.length === measured.length ? budgets : spent;
  const context = {
    ...(rates.length === measured.length ? { requests_per_second: rounded(Math.max(...rates), 3) } : {}),
    ...(told.length > 0 ? { error_budget_left_percent: Math.round(Math.min(100, ...told) * 10) / 10 } : {}),
  };
  return Object.keys(context).length > 0 ? { schema_version: 1, context } : undefined;
}

/** So many digits: more would be noise, and would give every decision another name. */
function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
