import * as z from "zod";
import type { Buckets } from "../../core/analysis/measurements.ts";
import type { TelemetryQuestion } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import { notPrometheus, telemetryFault } from "./fault.ts";
import { type Placing, windowsIn } from "./grid.ts";
import { impossibleSentence, mostEvents, type ReadBuckets } from "./prometheus-classic.ts";
import { numberOf, oneSeries, pointsOf, type Series } from "./prometheus-series.ts";

/** `[1700000000, {count, sum, buckets: [[which edges belong to it, left, right, count], …]}]` */
const histogramPoint = z.tuple([
  z.number(),
  z.looseObject({
    count: z.string(),
    // Each is looked at where it is read: a schema would take longer than all the rest.
    buckets: z.unknown().optional(),
  }),
]);
type NativePoint = z.infer<typeof histogramPoint>[1];

const mostEdges = 1000;

/** Native histograms: every bucket names both of its edges, and empty ones are left out. */
export function nativeBuckets(
  all: readonly Series[],
  question: TelemetryQuestion,
  placing: Placing,
): ReadBuckets {
  const buckets = new Array<Buckets | null>(windowsIn(question)).fill(null);
  const one = oneSeries(all, question);
  const points = pointsOf(one?.histograms, one?.histogram, question);
  const impossible = new Set<number>();
  let samples = 0;
  placing.begin();
  for (const point of points) {
    const parsed = histogramPoint.safeParse(point);
    if (!parsed.success) throw notPrometheus(question.name, "a histogram of another form");
    const [seconds, histogram] = parsed.data;
    samples += Array.isArray(histogram.buckets) ? histogram.buckets.length : 1;
    const read = bucketsOf(histogram, question);
    const same = (at: number): boolean => JSON.stringify(buckets[at]) === JSON.stringify(read);
    const window = placing.place(seconds, same);
    if (window < 0) continue;
    buckets[window] = read;
    if (read === null) impossible.add(window);
  }
  for (const window of placing.unknown) buckets[window] = null;
  const mixed = one?.values !== undefined || one?.value !== undefined;
  const sentence = "Plain numbers beside native histograms were left out.";
  return {
    buckets,
    warnings: [...(mixed ? [sentence] : []), ...impossibleSentence(impossible.size)],
    samples,
  };
}

/** Counts between rising edges. A gap between two buckets is a bucket with nothing in it. */
function bucketsOf({ count, buckets }: NativePoint, { name }: TelemetryQuestion): Buckets | null {
  const total = numberOf(count);
  if (total === null || total < 0 || total > mostEvents) return null;
  if (buckets !== undefined && !Array.isArray(buckets)) throw notPrometheus(name, "buckets that are no list");
  const rising = (buckets ?? []).map((bucket: unknown) => edgesOf(bucket, name));
  rising.sort((one, other) => one.right - other.right);
  const bounds: number[] = [];
  const counts: number[] = [];
  let above = 0;
  for (const { left, right, events } of rising) {
    if (!(left < Number.POSITIVE_INFINITY) || !(right > Number.NEGATIVE_INFINITY)) return null;
    if (events === null || events < 0 || events > mostEvents) return null;
    if (left > (bounds.at(-1) ?? Number.NEGATIVE_INFINITY) && left !== Number.NEGATIVE_INFINITY) {
      bounds.push(left);
      counts.push(0);
    }
    if (right === Number.POSITIVE_INFINITY) above += events;
    else if (right === bounds.at(-1)) counts.push((counts.pop() ?? 0) + events);
    else {
      bounds.push(right);
      counts.push(events);
    }
  }
  if (bounds.length > mostEdges)
    throw telemetryFault(
      "telemetry-too-large",
      `${plain(name)} was answered with ${bounds.length} edges of buckets; at most ${mostEdges} are read. Lower the resolution of the native histogram.`,
    );
  return { bounds, counts: [...counts, above] };
}

function edgesOf(bucket: unknown, name: string): { left: number; right: number; events: number | null } {
  if (!Array.isArray(bucket) || bucket.length !== 4) throw notPrometheus(name, "a bucket of another form");
  return { left: edge(bucket[1]), right: edge(bucket[2]), events: numberOf(bucket[3]) };
}

function edge(text: unknown): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : (numberOf(text) ?? Number.NaN);
}
