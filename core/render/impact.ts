import { type Impact, type Moved, namelessChange } from "../decision/impact.ts";
import { terminalText } from "./escape.ts";
import { silentSentences } from "./policy-impact.ts";

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
  // History keeps the figures of past changes and not their names: of those only the count says something.
  const known = impact.moved.filter((one) => one.subject !== namelessChange);
  const moved = known
    .slice(0, mostMoved)
    .map(
      (one) =>
        `  ${terminalText(one.subject, 70)}: ${one.scoreBefore} → ${one.scoreAfter}, ${one.from} → ${one.to}`,
    );
  const left = known.length - moved.length;
  return [
    `${impact.changes} changes replayed, ${impact.moved.length} move to another bucket.`,
    ...silentSentences(impact),
    "",
    `  ${"".padEnd(width)} ${"before".padStart(8)} ${"after".padStart(8)}`,
    ...rows,
    ...(impact.moved.length ? ["", "Moved:", ...movements(impact.moved)] : []),
    ...(moved.length ? ["", "Each of them:", ...moved] : []),
    ...(left > 0 ? [`  and ${left} more`] : []),
    "",
  ].join("\n");
}

/** Each way of moving with its count and the scores that took it, the most frequent first. */
function movements(moved: readonly Moved[]): string[] {
  const ways = new Map<string, { count: number; least: number; most: number }>();
  for (const { from, to, scoreAfter: score } of moved) {
    const way = `${from} → ${to}`;
    const { count, least, most } = ways.get(way) ?? { count: 0, least: score, most: score };
    ways.set(way, { count: count + 1, least: Math.min(least, score), most: Math.max(most, score) });
  }
  return [...ways]
    .sort(([, one], [, other]) => other.count - one.count)
    .map(([way, { count, least, most }]) => {
      const range = least === most ? `score ${least}` : `scores ${least} to ${most}`;
      return `  ${String(count).padStart(5)}  ${way}, ${range}`;
    });
}
