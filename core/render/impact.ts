import type { Impact } from "../decision/impact.ts";
import { terminalText } from "./escape.ts";

const mostMoved = 30;

/** The shares of each bucket under both bundles, and the changes that moved. */
export function renderImpact(impact: Impact): string {
  const buckets = [...new Set([...Object.keys(impact.before), ...Object.keys(impact.after)])].sort();
  const share = (count: number): string =>
    `${impact.changes ? ((100 * count) / impact.changes).toFixed(1) : "0.0"} %`.padStart(8);
  const width = Math.max(10, ...buckets.map((bucket) => bucket.length));
  const rows = buckets.map(
    (bucket) =>
      `  ${bucket.padEnd(width)} ${share(impact.before[bucket] ?? 0)} ${share(impact.after[bucket] ?? 0)}`,
  );
  const moved = impact.moved
    .slice(0, mostMoved)
    .map(
      (one) =>
        `  ${terminalText(one.subject, 70)}: ${one.scoreBefore} → ${one.scoreAfter}, ${one.from} → ${one.to}`,
    );
  const left = impact.moved.length - moved.length;
  return [
    `${impact.changes} changes replayed, ${impact.moved.length} move to another bucket.`,
    "",
    `  ${"".padEnd(width)} ${"before".padStart(8)} ${"after".padStart(8)}`,
    ...rows,
    ...(moved.length ? ["", "Moved:", ...moved] : []),
    ...(left > 0 ? [`  and ${left} more`] : []),
    "",
  ].join("\n");
}
