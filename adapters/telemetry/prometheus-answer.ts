import * as z from "zod";
import type { TelemetryAnswer, TelemetryQuestion } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import { notPrometheus, telemetryFault } from "./fault.ts";
import { Placing, windowsIn } from "./grid.ts";
import { classicBuckets } from "./prometheus-classic.ts";
import { nativeBuckets } from "./prometheus-native.ts";
import { oneSeries, pointsOf, type Series, sampleOf, series } from "./prometheus-series.ts";

const envelope = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({ resultType: z.string(), result: z.unknown() }),
  warnings: z.array(z.unknown()).nullish(),
  infos: z.array(z.unknown()).nullish(),
  /** VictoriaMetrics says here what others say in a warning. */
  isPartial: z.boolean().nullish(),
});

const mostSeries = 20_000;

/** One answer of `query` or `query_range`, from its text to a value for each window; `samples` is what it held. */
export function readPrometheusAnswer(
  text: string,
  question: TelemetryQuestion,
  withoutSecrets = (said: string): string => said,
): TelemetryAnswer & { samples: number } {
  const { data, warnings, infos, isPartial } = opened(text, question);
  const all = seriesOf(data.resultType, data.result, question);
  const placing = new Placing(question);
  const read =
    question.form === "value" ? valuesOf(all, question, placing) : bucketsOf(all, question, placing);
  const said = [...(warnings ?? []), ...(infos ?? [])].map((one) => plain(withoutSecrets(textOf(one)), 300));
  return {
    values: read.values,
    buckets: read.buckets,
    warnings: [...said.slice(0, 10), ...read.warnings, ...placing.warnings()],
    partial: isPartial === true || (warnings ?? []).some(isOfTheStore),
    samples: read.samples,
  };
}

/** The language's own remarks begin so; every other warning says that some part of the store did not answer. */
function isOfTheStore(warning: unknown): boolean {
  return !textOf(warning).startsWith("PromQL ");
}

function textOf(warning: unknown): string {
  return typeof warning === "string" ? warning : "a warning that is no text";
}

function opened(text: string, { name }: TelemetryQuestion): z.infer<typeof envelope> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw notPrometheus(name, text.trimStart().startsWith("<") ? "a page of HTML" : "no JSON");
  }
  const read = envelope.safeParse(json);
  if (read.success) return read.data;
  throw notPrometheus(name, "JSON of another form");
}

type Read = Pick<TelemetryAnswer, "values" | "buckets" | "warnings"> & { samples: number };

function seriesOf(resultType: string, result: unknown, { name }: TelemetryQuestion): Series[] {
  if (resultType === "scalar") return [{ metric: {}, value: result }];
  if (resultType !== "vector" && resultType !== "matrix")
    throw telemetryFault(
      "telemetry-wrong-form",
      `${plain(name)} was answered with a ${plain(resultType, 40)}, not with numbers. Ask for an instant vector.`,
    );
  if (!Array.isArray(result)) throw notPrometheus(name, "a result that is no list");
  if (result.length > mostSeries)
    throw telemetryFault(
      "telemetry-too-large",
      `${plain(name)} was answered with ${result.length} series. Sum them in the query, for example with sum(…).`,
    );
  return result.map((one) => {
    const read = series.safeParse(one);
    if (read.success) return read.data;
    throw notPrometheus(name, "a series of another form");
  });
}

function valuesOf(all: readonly Series[], question: TelemetryQuestion, placing: Placing): Read {
  const values = new Array<number | null>(windowsIn(question)).fill(null);
  const one = oneSeries(all, question);
  if (one === undefined) return { values, buckets: [], warnings: [], samples: 0 };
  if (one.histogram !== undefined || one.histograms !== undefined)
    throw telemetryFault(
      "telemetry-wrong-form",
      `${plain(question.name)} was answered with native histograms where a number is asked for. Take histogram_count(…) of it, or ask for it under buckets.`,
    );
  const points = pointsOf(one.values, one.value, question);
  placing.begin();
  for (const point of points) {
    const [seconds, value] = sampleOf(point, question);
    const window = placing.place(seconds, (at) => values[at] === value);
    if (window >= 0) values[window] = value;
  }
  for (const window of placing.unknown) values[window] = null;
  return { values, buckets: [], warnings: [], samples: points.length };
}

function bucketsOf(all: readonly Series[], question: TelemetryQuestion, placing: Placing): Read {
  const native = all.some((one) => one.histogram !== undefined || one.histograms !== undefined);
  const read = (native ? nativeBuckets : classicBuckets)(all, question, placing);
  return { values: [], ...read };
}
