import type { Buckets } from "../../core/analysis/measurements.ts";
import type { TelemetryQuestion } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import { telemetryFault } from "./fault.ts";
import { type Placing, windowsIn } from "./grid.ts";
import { differingLabels, numberOf, pointsOf, type Series, sampleOf } from "./prometheus-series.ts";

/** Counts up to an edge, a number for each window. */
type Edge = { edge: number; upTo: (number | null)[] };

export type ReadBuckets = { buckets: (Buckets | null)[]; warnings: string[]; samples: number };

const mostEdges = 1000;
/** Above it numbers are no longer counted one by one: nobody has so many events. */
export const mostEvents = Number.MAX_SAFE_INTEGER;

/** Classic histograms: a series for each upper edge (`le`), counts summed up from below. */
export function classicBuckets(
  all: readonly Series[],
  question: TelemetryQuestion,
  placing: Placing,
): ReadBuckets {
  const windows = windowsIn(question);
  let samples = 0;
  const edges = new Map<number, Edge>();
  for (const one of onlyEdges(all, question)) {
    const edge = edgeOf(one.metric.le, question);
    const points = pointsOf(one.values, one.value, question);
    samples += points.length;
    const upTo = new Array<number | null>(windows).fill(null);
    placing.begin();
    for (const point of points) {
      const [seconds, value] = sampleOf(point, question);
      const window = placing.place(seconds, (at) => upTo[at] === value);
      if (window >= 0) upTo[window] = value;
    }
    const before = edges.get(edge);
    // One edge in two spellings, "1" and "1.0", is what two client libraries make of it.
    edges.set(edge, { edge, upTo: before === undefined ? upTo : summed(before.upTo, upTo) });
  }
  const rising = [...edges.values()].sort((left, right) => left.edge - right.edge);
  const faults = { broken: 0, impossible: 0 };
  const buckets = Array.from({ length: windows }, (_, window): Buckets | null => {
    if (placing.unknown.has(window)) return null;
    const read = windowBuckets(rising, window);
    if (typeof read !== "string") return read;
    faults[read] += 1;
    return null;
  });
  const sentence = `${windowsHave(faults.broken)} counts that fall as the edge rises, so nobody knows them; instances whose buckets have different edges cannot be summed.`;
  const warnings = [...(faults.broken > 0 ? [sentence] : []), ...impossibleSentence(faults.impossible)];
  return { buckets, warnings, samples };
}

function windowsHave(windows: number): string {
  return windows === 1 ? "1 window has" : `${windows} windows have`;
}

export function impossibleSentence(windows: number): string[] {
  return windows > 0
    ? [`${windowsHave(windows)} edges or counts that no histogram has, so nobody knows them.`]
    : [];
}

/** An edge that one of two series lacks would otherwise lack half of its events. */
function summed(left: readonly (number | null)[], right: readonly (number | null)[]): (number | null)[] {
  return left.map((value, at) => {
    const other = right[at] ?? null;
    return value === null || other === null ? null : value + other;
  });
}

/** Rounding and a scrape in the middle of an update make counts fall by a little; more than this part is a fault. */
const mostNoise = 0.01;

function windowBuckets(rising: readonly Edge[], window: number): Buckets | null | "broken" | "impossible" {
  const known = rising.filter(({ upTo }) => upTo[window] !== null);
  const last = known.at(-1);
  const total = last?.upTo[window] ?? null;
  // Without the last edge nobody knows how many lie above the others.
  if (last?.edge !== Number.POSITIVE_INFINITY || total === null) return null;
  if (known.some(({ upTo }) => (upTo[window] ?? 0) > mostEvents)) return "impossible";
  const bounds: number[] = [];
  const counts: number[] = [];
  let below = 0;
  for (const { edge, upTo } of known) {
    const here = upTo[window] ?? 0;
    if (below - here > mostNoise * Math.max(below, total, 0)) return "broken";
    const highest = Math.max(below, here);
    counts.push(highest - below);
    if (edge !== Number.POSITIVE_INFINITY) bounds.push(edge);
    below = highest;
  }
  return { bounds, counts };
}

function onlyEdges(all: readonly Series[], question: TelemetryQuestion): readonly Series[] {
  const { name } = question;
  if (all.length === 0) return all;
  const without = all.find(({ metric }) => metric.le === undefined);
  if (without !== undefined) {
    const ranges = without.metric.vmrange === undefined ? "" : " Turn vmrange into le with buckets(…).";
    throw telemetryFault(
      "telemetry-wrong-form",
      `${plain(name)} was answered without the label le, where buckets are asked for.${ranges} Write sum by (le) (increase(…_bucket{…}[$window])), or sum(increase(…[$window])) of a native histogram.`,
    );
  }
  const labels = differingLabels(all.map(({ metric }) => metric)).filter((label) => label !== "le");
  if (labels.length > 0)
    throw telemetryFault(
      "telemetry-several-series",
      `${plain(name)} was answered with several histograms, which differ in ${labels
        .slice(0, 8)
        .map((label) => plain(label, 60))
        .join(", ")}. Sum them in the query: sum by (le) (…).`,
    );
  if (all.length > mostEdges)
    throw telemetryFault(
      "telemetry-too-large",
      `${plain(name)} was answered with ${all.length} edges of buckets; at most ${mostEdges} are read. Let the query keep fewer of them, for example le=~"…".`,
    );
  return all;
}

function edgeOf(text: string | undefined, { name }: TelemetryQuestion): number {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  const edge = numberOf(text);
  if (edge !== null) return edge;
  throw telemetryFault(
    "telemetry-wrong-form",
    `${plain(name)} was answered with le="${plain(text ?? "", 40)}", which is no edge of a bucket. Ask for a histogram.`,
  );
}
