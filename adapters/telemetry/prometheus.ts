import { UserError } from "../../core/errors.ts";
import type { LabelQuestion, Telemetry, TelemetryAnswer, TelemetryQuestion } from "../../core/ports.ts";
import { Budget } from "./budget.ts";
import { telemetryFault } from "./fault.ts";
import { windowsIn } from "./grid.ts";
import { readPrometheusAnswer } from "./prometheus-answer.ts";
import { type Asking, askPrometheus } from "./prometheus-ask.ts";
import { checkConfig, type PrometheusConfig, placeOf, prometheusDefaults } from "./prometheus-config.ts";
import { labelNamesOf, labelValuesOf } from "./prometheus-labels.ts";
import { retentionOf } from "./prometheus-retention.ts";
import { transport } from "./prometheus-transport.ts";

/** Prometheus refuses more than 11,000 points a series. */
const mostWindows = 10_000;

/** Telemetry of everything that speaks the HTTP API of Prometheus: Mimir, Thanos, VictoriaMetrics and itself. */
export function prometheus(config: PrometheusConfig): Telemetry {
  const place = placeOf(config.url);
  checkConfig(config, place);
  const {
    partialAnswers = "mark",
    timeoutSeconds = prometheusDefaults.timeoutSeconds,
    retries = prometheusDefaults.retries,
    longestWaitSeconds = prometheusDefaults.longestWaitSeconds,
  } = config;
  const budget = new Budget({ ...prometheusDefaults.budget, ...config.budget });
  const asking: Asking = {
    transport: transport(config, place),
    budget,
    shown: place.shown,
    retries,
    longestWaitMs: 1000 * longestWaitSeconds,
    timeoutSeconds,
  };

  async function readPart(question: TelemetryQuestion): Promise<TelemetryAnswer> {
    const [path, form] = requestOf(question, timeoutSeconds, partialAnswers);
    const text = await askPrometheus(asking, question.name, path, form);
    const named = { ...question, name: `${question.name} at ${place.shown}` };
    const { samples, ...answer } = readPrometheusAnswer(text, named, asking.transport.withoutSecrets);
    budget.read(question.name, samples);
    if (!answer.partial || partialAnswers === "mark") return answer;
    throw telemetryFault(
      "telemetry-unavailable",
      `${question.name}: parts of ${place.shown} did not answer (${answer.warnings.join("; ")}). Look at the store, or let telemetry.partial-answers be mark.`,
    );
  }

  return {
    async read(question) {
      const parts: TelemetryAnswer[] = [];
      for (const part of partsOf(question)) parts.push(await readPart(part));
      return {
        values: parts.flatMap(({ values }) => values),
        buckets: parts.flatMap(({ buckets }) => buckets),
        warnings: [...new Set(parts.flatMap(({ warnings }) => warnings))],
        partial: parts.some(({ partial }) => partial),
      };
    },
    async labelValues({ label, ...between }) {
      const name = `the values of ${label}`;
      const text = await askPrometheus(asking, name, "/api/v1/series", seriesForm(between));
      return labelValuesOf(text, label, name);
    },
    async labelNames(between) {
      const name = `the labels of ${between.selector}`;
      return labelNamesOf(await askPrometheus(asking, name, "/api/v1/labels", seriesForm(between)), name);
    },
    async retentionSeconds() {
      try {
        return retentionOf(await askPrometheus(asking, "retention", "/api/v1/status/runtimeinfo"));
      } catch (error) {
        // Many stores keep this to themselves, which is no reason to compare nothing.
        if (error instanceof UserError) return undefined;
        throw error;
      }
    },
  };
}

function seriesForm({ selector, fromSeconds, toSeconds }: Omit<LabelQuestion, "label">): URLSearchParams {
  return new URLSearchParams({ "match[]": selector, start: String(fromSeconds), end: String(toSeconds) });
}

function requestOf(
  question: TelemetryQuestion,
  timeoutSeconds: number,
  partialAnswers: "mark" | "refuse",
): [path: string, form: URLSearchParams] {
  const mark = partialAnswers === "mark";
  const form = new URLSearchParams({
    query: question.query,
    timeout: `${timeoutSeconds}s`,
    // Words of Thanos and of VictoriaMetrics for the same; `nocache` keeps the latter from shifting the windows.
    partial_response: mark ? "true" : "false",
    ...(mark ? {} : { deny_partial_response: "1" }),
    nocache: "1",
  });
  if (windowsIn(question) === 1) {
    form.set("time", String(question.firstEnd));
    return ["/api/v1/query", form];
  }
  form.set("start", String(question.firstEnd));
  form.set("end", String(question.lastEnd));
  form.set("step", String(question.stepSeconds));
  return ["/api/v1/query_range", form];
}

function partsOf(question: TelemetryQuestion): TelemetryQuestion[] {
  const { firstEnd, stepSeconds } = question;
  const windows = windowsIn(question);
  const parts: TelemetryQuestion[] = [];
  for (let from = 0; from < windows; from += mostWindows) {
    const to = Math.min(from + mostWindows, windows) - 1;
    parts.push({
      ...question,
      firstEnd: firstEnd + from * stepSeconds,
      lastEnd: firstEnd + to * stepSeconds,
    });
  }
  return parts;
}
