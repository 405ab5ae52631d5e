import * as z from "zod";
import { header, name, percent } from "./parts.ts";

/** queries.yaml: templates of the questions that telemetry is asked, in sets that a service chooses among. */

const description = z.string().min(1).max(1000);
const template = z
  .string()
  .min(1)
  .max(4000)
  .describe("PromQL with $variables; $window is the window's length, $arm the labels of one arm.");

/** Names that the rollout itself fills in, different for each arm. */
export const armVariables = ["version", "hash", "instances"] as const;
export const reservedVariables = [...armVariables, "arm", "window"] as const;
export const variableForms = ["text", "pattern", "name", "number"] as const;

const variableValue = z.union([z.string().max(2000), z.array(z.string().min(1).max(500)).min(1).max(500)]);
export type VariableValue = z.infer<typeof variableValue>;
const variableName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, "a variable is small letters, digits, - and _, and begins with a letter");

const variable = z.strictObject({
  description,
  default: variableValue.optional().describe("Where a service gives none; without it each has to."),
  form: z
    .enum(variableForms)
    .optional()
    .describe(
      "text (default): escaped wherever it stands; pattern: a regular expression, behind =~ or !~; name: part of a metric's name; number.",
    ),
});
export type QueryVariable = z.infer<typeof variable>;

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, "a label is letters, digits and _");
const labelValue = z.union([
  z.string().max(500),
  z.array(z.string().min(1).max(500)).min(1).max(500),
  z.strictObject({ pattern: z.string().min(1).max(1000) }),
]);
export type LabelValue = z.infer<typeof labelValue>;
const labels = z.record(labelName, labelValue);
export type ArmLabels = z.infer<typeof labels>;

export const arms = z
  .strictObject({
    both: labels.optional().describe("Labels of either arm; $version, $hash and $instances differ in it."),
    baseline: labels.optional().describe("Labels of the baseline beside those, or instead of them."),
    candidate: labels.optional().describe("Labels of the candidate beside those, or instead of them."),
  })
  .describe("What tells the two arms apart: one text, a list of texts, or a pattern for each label.");
export type Arms = z.infer<typeof arms>;

const margin = z
  .strictObject({
    points: percent.optional().describe("Percentage points of a share."),
    percent: z.number().min(0).max(1000).optional().describe("Percent of the baseline's value."),
    absolute: z.number().min(0).optional().describe("A difference, in the metric's unit."),
  })
  .refine((one) => Object.keys(one).length === 1, "one of points, percent and absolute is wanted");

/** Names of guardrails that a metric can supply; test/core/policy/schema/queries.test.ts holds them to the language. */
export const suppliedNames = [
  "canary.error_rate",
  "canary.success_rate",
  "canary.latency_p50",
  "canary.latency_p95",
  "canary.latency_p99",
  "canary.requests_per_second",
  "canary.saturation",
  "canary.crash_loops",
  "canary.restarts",
] as const;
export type SuppliedName = (typeof suppliedNames)[number];

const common = {
  description: description.optional(),
  worse: z.enum(["higher", "lower", "either"]).optional().describe("Which way is bad; higher where absent."),
  unit: z
    .enum(["share", "seconds", "milliseconds", "bytes", "number"])
    .optional()
    .describe("share for a ratio, seconds for a histogram, number for a gauge where absent."),
  critical: z.boolean().optional().describe("true: it alone takes the candidate back."),
  margin: margin
    .optional()
    .describe("The smallest shift that matters; 0.5 points of a ratio, 5 % of a histogram where absent."),
  "target-percent": z
    .number()
    .gt(0)
    .max(10_000)
    .optional()
    .describe("The shift that has to be seen, in percent of the baseline; 100 for a ratio, else 20."),
  weight: z.number().min(0).max(1000).optional().describe("In scores; 1 where absent."),
  group: name(40).optional().describe("errors, latency or saturation by its kind, where absent."),
  "no-data": z
    .enum(["hold", "ignore", "rollback"])
    .optional()
    .describe("What follows where nothing was measured; hold where absent."),
  supplies: z
    .array(z.enum(suppliedNames))
    .max(suppliedNames.length)
    .optional()
    .describe("Names of guardrails that get their value from this metric."),
  "needs-label": z
    .strictObject({
      label: template.describe("Name of the label, or the variable that holds it."),
      of: template.describe("Selector of the series, some of which have to have it."),
    })
    .optional()
    .describe(
      "The label that tells bad ones apart: where no series has it, `or 0 *` would take every failure for a success, so that nothing is compared.",
    ),
  scale: z
    .enum(["log", "linear"])
    .optional()
    .describe("log: compared as ratios; linear: as differences, for what can be zero or below."),
};

export const queryMetric = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("ratio").describe("A share of events."),
    ...common,
    total: template.describe("All events of the window."),
    bad: template.describe("Those of them that are bad."),
  }),
  z.strictObject({ kind: z.literal("gauge").describe("One number."), ...common, value: template }),
  z.strictObject({
    kind: z.literal("histogram").describe("Counts between edges."),
    ...common,
    "quantile-percent": z.number().gt(0).lt(100).optional().describe("95 where absent."),
    buckets: template.describe("Counts of the window by le, or a native histogram."),
  }),
]);
export type QueryMetric = z.infer<typeof queryMetric>;

export const metricName = name(60);
const metrics = z.record(metricName, queryMetric);

const querySet = z.strictObject({
  description,
  arms: arms.optional(),
  variables: z.record(variableName, variable).optional(),
  metrics: metrics.describe("By names that verdicts and errors call them by."),
});
export type QuerySet = z.infer<typeof querySet>;

export const queries = z.strictObject({
  ...header,
  sets: z.record(name(40), querySet).describe("Metrics that belong together, by the name of the set."),
});
export type Queries = z.infer<typeof queries>;

const variables = z.record(variableName, variableValue);

/** `telemetry:` of a service in services.yaml. */
export const serviceTelemetry = z
  .strictObject({
    sets: z
      .array(
        z.union([
          z.string().max(60),
          z.strictObject({
            set: z.string().max(60),
            only: z
              .array(z.string().max(60))
              .min(1)
              .max(100)
              .optional()
              .describe("Absent: all metrics of it."),
            variables: variables.optional(),
            arms: arms.optional(),
          }),
        ]),
      )
      .max(20)
      .optional()
      .describe("Sets of queries.yaml, by name or with what differs in them."),
    metrics: metrics.optional().describe("Metrics of this service alone; one with a set's name replaces it."),
    variables: variables.optional().describe("Values for the variables of the sets."),
    arms: arms.optional(),
    baseline: z
      .enum(["concurrent", "same-time"])
      .optional()
      .describe(
        "concurrent (default): stable's traffic beside the candidate's; same-time: the last stable release at that time of day, where nothing tells the arms apart.",
      ),
  })
  .describe("What is measured of this service during a rollout.");
export type ServiceTelemetry = z.infer<typeof serviceTelemetry>;
