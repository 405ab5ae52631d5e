import { sloOf } from "../../core/analysis/policy-of.ts";
import { budgetLeft } from "../../core/analysis/rules/budget.ts";
import { trailingCounts } from "../../core/analysis/rules/counts.ts";
import { metricsOf } from "../../core/analysis/service-metrics.ts";
import { trafficQueries } from "../../core/analysis/traffic-queries.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { GivenFacts } from "../../core/change/merge.ts";
import { type DeclaredService, touchedServices } from "../../core/change/services.ts";
import { type ServiceTraffic, trafficFacts } from "../../core/change/traffic-facts.ts";
import { UserError } from "../../core/errors.ts";
import { formatDuration } from "../../core/policy/duration.ts";
import type { PolicyBundle, ServiceTelemetry, Thresholds } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import type { Telemetry } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";

export type TrafficQuestion = {
  policy: PolicyBundle;
  /** The change as it was measured: its files say which services it touches. */
  measured: ChangeFacts;
  /** The one service that is decided for, where there is one. */
  service?: string;
  environment: string;
  now: Date;
  /** Whether nothing that a change can edit stood between the store and us. */
  trusted: boolean;
};
export type TrafficTold = {
  given: GivenFacts[];
  problems: string[];
  /** True where a store did not answer, or in part: that may pass. */
  failed?: true;
};

/** A decision waits no longer than this for what it can do without. */
export const trafficTimeoutSeconds = 3;
const rateSeconds = 300;
/** The period in equal parts, so that a store which keeps less of it is found out. */
const budgetWindows = 28;
const mostServices = 10;

/**
 * Requests a second and the error budget that is left of the services that a change touches. Whatever goes wrong is told
 * and leaves them unknown: it neither delays a decision nor passes for a zero.
 */
export async function trafficOfChange(
  open: () => Telemetry,
  question: TrafficQuestion,
): Promise<TrafficTold> {
  const touched = servicesOf(question);
  const services = touched.flatMap(({ name, telemetry }) => (telemetry ? [{ name, telemetry }] : []));
  if (services.length === 0) return { given: [], problems: [] };
  const asked = services.slice(0, mostServices);
  const minimumOf = (service: string): number =>
    thresholdsOf(question, service)["error-budget"]?.["minimum-percent"] ?? 0;
  const without = touched.filter(({ telemetry }) => !telemetry).map(({ name }) => name);
  const beyond = services.slice(mostServices).map(({ name }) => name);
  const told: TrafficTold = {
    given: [],
    problems: [
      ...leftOut(without, "services.yaml says nothing of their telemetry."),
      ...leftOut(beyond, `at most ${mostServices} services are asked about.`),
    ],
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, 1000 * trafficTimeoutSeconds, undefined);
  });
  const measured = await Promise.all(
    asked.map(async ({ name, telemetry }): Promise<ServiceTraffic> => {
      const minimumPercent = minimumOf(name);
      const unknown = (why: string): ServiceTraffic => {
        told.failed = true;
        told.problems.push(`Traffic and error budget of ${plain(name)} are unknown: ${why}`);
        return { service: name, minimumPercent };
      };
      try {
        const read = readService(open(), telemetry, question, sloOf(thresholdsOf(question, name)), told);
        // It may still fail after it is waited for no more.
        read.catch(() => undefined);
        const found = await Promise.race([read, late]);
        if (!found) return unknown(`the store did not answer within ${trafficTimeoutSeconds} s.`);
        return { service: name, minimumPercent, ...found };
      } catch (error) {
        return unknown(error instanceof UserError ? error.message : "reading them failed.");
      }
    }),
  ).finally(() => clearTimeout(timer));
  const unasked = [...without, ...beyond].map((name) => ({ service: name, minimumPercent: minimumOf(name) }));
  const facts = trafficFacts([...measured, ...unasked]);
  if (facts) told.given.push({ facts, from: "telemetry", trusted: question.trusted });
  return told;
}

function thresholdsOf({ policy, environment }: TrafficQuestion, service: string): Thresholds {
  return thresholdsFor(policy.thresholds, { service, environment });
}

/** One sentence however many there are: a change may touch hundreds. */
function leftOut(names: readonly string[], why: string): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).map((name) => plain(name));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return [`Traffic and error budget of ${shown.join(", ")}${more} are unknown: ${why}`];
}

function servicesOf({ policy, measured, service }: TrafficQuestion): DeclaredService[] {
  const declared = policy.services;
  if (!declared) return [];
  const files = measured.diff?.changed_files ?? [];
  return service === undefined
    ? touchedServices(declared, files).map((touched) => touched.service)
    : declared.services.filter(({ name }) => name === service);
}

async function readService(
  telemetry: Telemetry,
  declared: ServiceTelemetry,
  { policy, now }: TrafficQuestion,
  slo: { objective: number; periodSeconds: number },
  told: TrafficTold,
): Promise<Pick<ServiceTraffic, "requestsPerSecond" | "errorBudgetLeftPercent">> {
  const { metrics } = metricsOf({ ...declared, baseline: "same-time" }, policy.queries);
  const partSeconds = Math.round(slo.periodSeconds / budgetWindows);
  const rate = trafficQueries(metrics, rateSeconds);
  const parts = trafficQueries(metrics, partSeconds);
  if (!rate || !parts) return {};
  const end = Math.floor(now.getTime() / 1000 / 60) * 60;
  const read = async (asked: "total" | "bad", query: string, windows: number, stepSeconds: number) => {
    const name = `${parts.name}.${asked} of the service`;
    const firstEnd = end - (windows - 1) * stepSeconds;
    const answer = await telemetry.read({ name, query, form: "value", firstEnd, lastEnd: end, stepSeconds });
    if (!answer.partial) return answer.values;
    told.failed = true;
    told.problems.push(`${name}: parts of the store did not answer, so this is unknown.`);
    return [];
  };
  const [requests, total, bad] = await Promise.all([
    read("total", rate.total, 1, rateSeconds),
    read("total", parts.total, budgetWindows, partSeconds),
    read("bad", parts.bad, budgetWindows, partSeconds),
  ]);
  const perSecond = requests[0] == null ? undefined : requests[0] / rateSeconds;
  const left = budgetLeft(trailingCounts({ total, bad }, budgetWindows, budgetWindows), slo.objective);
  if (left === undefined)
    told.problems.push(
      `The error budget is unknown: the store has too little of ${parts.name} over ${formatDuration(slo.periodSeconds)}. A shorter slo.period may fit what it keeps.`,
    );
  return {
    ...(perSecond === undefined || perSecond < 0 ? {} : { requestsPerSecond: perSecond }),
    ...(left === undefined ? {} : { errorBudgetLeftPercent: 100 * left }),
  };
}
