import type { QueryMetric } from "../policy/schema.ts";
import type { TelemetryAnswer } from "../ports.ts";
import type { Buckets, Measurements, MetricSeries } from "./measurements.ts";
import type { ArmName, Asked } from "./queries.ts";
import type { Part } from "./questions.ts";

/** What one query answered so far, a value for each window. */
export type Column = {
  part: Part;
  values: (number | null)[];
  buckets: (Buckets | null)[];
  /** How often each window was answered; none where the store did not answer at all. */
  answers: number[];
};

/** Empty columns, or those of a run that was cut short. Its gaps are asked for again. */
export function columnsOf(parts: readonly Part[], before?: Measurements): Column[] {
  return parts.map((part) => {
    const column: Column = { part, values: [], buckets: [], answers: [] };
    const series = before?.metrics[part.metric];
    if (series === undefined) return column;
    const [values, buckets] = storedOf(series, part.arm, part.asked);
    return { ...column, values, buckets, answers: new Array<number>(windowsIn(series)).fill(0) };
  });
}

function storedOf(
  series: MetricSeries,
  arm: ArmName,
  asked: Asked,
): [values: (number | null)[], buckets: (Buckets | null)[]] {
  if (series.kind === "histogram") return [[], asked === "buckets" ? [...series[arm]] : []];
  if (series.kind === "gauge") return [asked === "value" ? [...series[arm]] : [], []];
  return [asked === "total" || asked === "bad" ? [...series[arm][asked]] : [], []];
}

function windowsIn({ kind, candidate }: MetricSeries): number {
  return kind === "ratio" ? candidate.total.length : candidate.length;
}

/** A window without a value is asked for again so many windows later at the most, and answered twice at the most. */
const latenessWindows = 1;
const mostAnswers = 2;

/** The first window that has to be asked for, where `due` windows may be; undefined where there is none. */
export function firstToAsk({ part, values, buckets, answers }: Column, due: number): number | undefined {
  const known = part.form === "value" ? values : buckets;
  for (let window = 0; window < due; window++) {
    if ((known[window] ?? null) !== null) continue;
    const answered = answers[window] ?? 0;
    const late = window + latenessWindows < due - 1;
    if (answered === 0 || (answered < mostAnswers && !late)) return window;
  }
  return undefined;
}

/** Writes down an answer of the windows from `from` on. What stood there stays; what is partial is not known. */
export function writeAnswer(column: Column, from: number, windows: number, answer: TelemetryAnswer): void {
  const { part, values, buckets, answers } = column;
  for (let at = 0; at < windows; at++) {
    const window = from + at;
    const known = answer.partial ? null : answer;
    if (part.form === "value") values[window] = values[window] ?? known?.values[at] ?? null;
    else buckets[window] = buckets[window] ?? known?.buckets[at] ?? null;
    answers[window] = (answers[window] ?? 0) + 1;
  }
}

/** The metrics of a comparison as measurements have them, for so many windows. */
export function seriesOf(
  metrics: readonly { name: string; metric: QueryMetric }[],
  columns: readonly Column[],
  windows: number,
): Record<string, MetricSeries> {
  return Object.fromEntries(
    metrics.map(({ name, metric }): [string, MetricSeries] => {
      const columnOf = (arm: ArmName, asked: Asked): Column | undefined =>
        columns.find(({ part }) => part.metric === name && part.arm === arm && part.asked === asked);
      const values = (arm: ArmName, asked: Asked) => filled(columnOf(arm, asked)?.values ?? [], windows);
      const buckets = (arm: ArmName) => filled(columnOf(arm, "buckets")?.buckets ?? [], windows);
      const worse = metric.worse ?? "higher";
      if (metric.kind === "gauge")
        return [
          name,
          {
            kind: "gauge",
            worse,
            baseline: values("baseline", "value"),
            candidate: values("candidate", "value"),
          },
        ];
      if (metric.kind === "histogram") {
        const quantile = (metric["quantile-percent"] ?? 95) / 100;
        return [
          name,
          {
            kind: "histogram",
            worse,
            quantile,
            baseline: buckets("baseline"),
            candidate: buckets("candidate"),
          },
        ];
      }
      const counts = (arm: ArmName) => ({ total: values(arm, "total"), bad: values(arm, "bad") });
      return [name, { kind: "ratio", worse, baseline: counts("baseline"), candidate: counts("candidate") }];
    }),
  );
}

function filled<Value>(known: readonly (Value | null)[], windows: number): (Value | null)[] {
  return Array.from({ length: windows }, (_, window) => known[window] ?? null);
}
