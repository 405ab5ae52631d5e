import type { TelemetryQuestion } from "../ports.ts";
import { type Arm, type ArmName, type Asked, fill, templatesOf } from "./queries.ts";
import { placeOf, type ServiceMetric } from "./service-metrics.ts";

/** One query of one arm, which every window is asked with. */
export type Part = {
  metric: string;
  arm: ArmName;
  asked: Asked;
  query: string;
  form: TelemetryQuestion["form"];
  /** So many seconds before the window itself: a baseline of the same time in another week. */
  shiftSeconds: number;
};

export type PlannedArm = Arm & { shiftSeconds: number };

/** Every query of a comparison, filled in. A template that cannot be filled is an error that names what is missing. */
export function partsOf(
  metrics: readonly ServiceMetric[],
  arms: readonly PlannedArm[],
  windowSeconds: number,
): Part[] {
  return metrics.flatMap((one) =>
    arms.flatMap((arm) =>
      templatesOf(one.metric).map(([asked, template]) => ({
        metric: one.name,
        arm: arm.name,
        asked,
        query: fill(template, { ...one.filling, place: placeOf(one, asked) }, arm, windowSeconds),
        form: asked === "buckets" ? ("buckets" as const) : ("value" as const),
        shiftSeconds: arm.shiftSeconds,
      })),
    ),
  );
}

export function questionOf(
  { metric, arm, asked, query, form, shiftSeconds }: Part,
  { firstEnd, lastEnd, stepSeconds }: Pick<TelemetryQuestion, "firstEnd" | "lastEnd" | "stepSeconds">,
): TelemetryQuestion {
  return {
    name: `${metric}.${asked} of ${arm}`,
    query,
    form,
    firstEnd: firstEnd - shiftSeconds,
    lastEnd: lastEnd - shiftSeconds,
    stepSeconds,
  };
}

/** Metrics of which both arms would be asked the same, so that nothing tells the candidate from the baseline. */
export function sameOfBoth(parts: readonly Part[]): string[] {
  const queriesOf = (metric: string, arm: ArmName): string =>
    JSON.stringify(
      parts.filter((part) => part.metric === metric && part.arm === arm).map(({ query }) => query),
    );
  const names = [...new Set(parts.map(({ metric }) => metric))];
  return names.filter((metric) => queriesOf(metric, "baseline") === queriesOf(metric, "candidate"));
}
