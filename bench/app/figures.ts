import { loadavg } from "node:os";

/** The value below which such a share of all lies. */
export function at(share: number, values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const rounded = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

export const spread = (values: readonly number[], unit = "ms"): string =>
  [0.5, 0.95, 0.99]
    .map((share) => `p${share * 100} ${rounded(at(share, values))}`)
    .concat(`worst ${rounded(Math.max(...values))} ${unit}`)
    .join("  ");

/** How busy the machine was beside the figure. */
export const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;

/** The time that is covered by at least one of the spans. */
export function covered(spans: readonly { started: number; ended: number }[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { started, ended } of [...spans].sort((left, right) => left.started - right.started)) {
    total += Math.max(0, ended - Math.max(started, until));
    until = Math.max(until, ended);
  }
  return total;
}
