import * as z from "zod";

/**
 * What was measured of one rollout: windows of equal length, both arms side by side. Files for replay, the evidence of
 * a rollout and the history that noise is learnt from all have this shape. `null` is a window that nobody measured.
 */

/** A week. Policy and inputs keep to it as well. */
export const longestWindowSeconds = 7 * 86_400;

export const worseDirections = ["higher", "lower", "either"] as const;
export type Worse = (typeof worseDirections)[number];

const number = z.number().nullable();
const windows = z.array(number).max(100_000);
const counts = z
  .strictObject({ total: windows, bad: windows })
  .describe("Events of each window, and how many of them were bad.");
const buckets = z
  .strictObject({
    bounds: z
      .array(z.number())
      .max(1000)
      .describe("Upper edges, rising; what lies above the last one has no edge."),
    counts: z.array(z.number().min(0)).max(1001).describe("Events between the edges, not summed up."),
  })
  .nullable();
const histograms = z.array(buckets).max(100_000);

const worse = z.enum(worseDirections).describe("Which way is bad.");
export const metricSeries = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ratio"), worse, baseline: counts, candidate: counts }),
  z.object({ kind: z.literal("gauge"), worse, baseline: windows, candidate: windows }),
  z.object({
    kind: z.literal("histogram"),
    worse,
    quantile: z.number().gt(0).lt(1).optional().describe("0.95 where absent."),
    baseline: histograms,
    candidate: histograms,
  }),
]);
export type MetricSeries = z.infer<typeof metricSeries>;
export type CountSeries = z.infer<typeof counts>;
export type Buckets = NonNullable<z.infer<typeof buckets>>;

export const outcomes = ["completed", "rolled-back", "cut-short"] as const;

export const measurements = z
  .object({
    schema_version: z.literal(1).optional(),
    id: z.string().min(1).max(500),
    /** What was really so, where a file for tests says it; nothing here ever reads it. */
    truth: z.string().max(100).optional(),
    /** What was compared, by which a run that goes on is known to be the same one. */
    service: z.string().max(500).optional(),
    environment: z.string().max(500).optional(),
    candidate: z.string().max(100_000).optional().describe("What told the candidate apart."),
    stable: z.string().max(100_000).optional().describe("What told the stable version apart."),
    window_seconds: z.number().positive().max(longestWindowSeconds),
    started_at: z.iso.datetime().optional(),
    /** Percent of the traffic that the candidate had, a window each. */
    weights: z.array(z.number().min(0).max(100).nullable()).max(100_000).optional(),
    outcome: z.enum(outcomes).optional().describe("How a past rollout ended; completed where absent."),
    metrics: z.record(z.string().min(1).max(200), metricSeries),
  })
  .describe("Windows of one rollout, both arms side by side.");
export type Measurements = z.infer<typeof measurements>;
