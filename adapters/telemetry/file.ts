import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { Buckets } from "../../core/analysis/measurements.ts";
import type { Telemetry, TelemetryQuestion } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import { telemetryFault } from "./fault.ts";
import { Placing, windowsIn } from "./grid.ts";

const buckets = z.strictObject({
  bounds: z.array(z.number()).max(1000),
  counts: z.array(z.number().min(0)).max(1001),
});

/** Answers by their query, as somebody recorded them or a test wants them. */
const recording = z.strictObject({
  schema_version: z.literal(1),
  retention_seconds: z.number().positive().optional(),
  labels: z
    .array(z.strictObject({ label: z.string(), selector: z.string(), values: z.array(z.string()) }))
    .optional(),
  answers: z
    .array(
      z.discriminatedUnion("form", [
        z.strictObject({
          form: z.literal("value"),
          query: z.string(),
          points: z.array(z.tuple([z.number(), z.number().nullable()])),
        }),
        z.strictObject({
          form: z.literal("buckets"),
          query: z.string(),
          points: z.array(z.tuple([z.number(), buckets.nullable()])),
        }),
      ]),
    )
    .max(10_000),
});
type Recording = z.infer<typeof recording>;
type Point = [seconds: number, value: number | Buckets | null];

/** Telemetry out of a file, for replays. What it does not hold is an error: a typing slip would else be a gap. */
export function fileTelemetry({ path }: { path: string }): Telemetry {
  const shown = JSON.stringify(path.slice(0, 200));
  let loaded: Promise<Recording> | undefined;
  const load = (): Promise<Recording> => {
    loaded ??= readRecording(path, shown);
    return loaded;
  };
  return {
    async read(question) {
      const { answers } = await load();
      const found = answers.find(({ query, form }) => query === question.query && form === question.form);
      if (found === undefined)
        throw telemetryFault(
          "telemetry-file",
          `${plain(question.name)}: ${shown} holds no ${question.form} of the query ${plain(question.query, 300)}. Record it, or name the file that has it.`,
        );
      const placing = new Placing(question);
      const placed = placedPoints(found.points, question, placing);
      const numbers = placed.map((one) => (typeof one === "number" ? one : null));
      const histograms = placed.map((one) => (typeof one === "number" ? null : one));
      return {
        values: question.form === "value" ? numbers : [],
        buckets: question.form === "buckets" ? histograms : [],
        warnings: placing.warnings(),
        partial: false,
      };
    },
    async labelValues({ label, selector }) {
      const { labels = [] } = await load();
      const found = labels.find((one) => one.label === label && one.selector === selector);
      return found?.values ?? [];
    },
    async labelNames({ selector }) {
      const { labels = [] } = await load();
      return labels.filter((one) => one.selector === selector).map(({ label }) => label);
    },
    async retentionSeconds() {
      return (await load()).retention_seconds;
    },
  };
}

function placedPoints(points: readonly Point[], question: TelemetryQuestion, placing: Placing) {
  const placed = new Array<number | Buckets | null>(windowsIn(question)).fill(null);
  placing.begin();
  for (const [seconds, value] of points) {
    const same = (window: number): boolean => JSON.stringify(placed[window]) === JSON.stringify(value);
    const window = placing.place(seconds, same);
    if (window >= 0) placed[window] = value;
  }
  for (const window of placing.unknown) placed[window] = null;
  return placed;
}

async function readRecording(path: string, shown: string): Promise<Recording> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const fault = (what: string): Error =>
    telemetryFault(
      "telemetry-file",
      `The recorded answers ${shown} ${what}. docs/telemetry.md shows their form.`,
    );
  if (text === undefined) throw fault("cannot be read");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault("are no JSON");
  }
  const { data, error } = recording.safeParse(json);
  if (data !== undefined) return data;
  const [first] = error.issues;
  throw fault(`are of another form: ${plain(`${first?.path.join(".")}: ${first?.message}`, 300)}`);
}
