import * as z from "zod";

/** The document verdict.json: what is to be done, and every number that it rests on. */

export const verdicts = ["promote", "slow", "hold", "rollback"] as const;
export type VerdictWord = (typeof verdicts)[number];

export const verdictReasons = [
  "healthy",
  "no-sign-of-harm",
  "not-compared",
  "evidence-of-harm",
  "critical-metric",
  "sharp-spike",
  "crash-loop",
  "guardrail",
  "probe-failed",
  "shared-fault",
  "shared-fault-after-step",
  "marginal",
  "no-data",
  "one-sided-data",
  "not-enough-data",
  "not-enough-evidence",
  "not-enough-power",
  "too-few-healthy-windows",
  "deadline",
  "cut-short",
  "score-below-pass",
  "score-below-marginal",
] as const;
export type VerdictReason = (typeof verdictReasons)[number];

export const metricStates = ["healthy", "unsure", "marginal", "worse", "unknown"] as const;
export type MetricState = (typeof metricStates)[number];

export const baselineKinds = ["fresh", "concurrent", "same-time", "given", "none"] as const;
export type BaselineKind = (typeof baselineKinds)[number];

const figure = z.number().nullable();

export const metricWindow = z.strictObject({
  window: z.int().min(1),
  baseline: figure,
  candidate: figure,
  /** Events that the two values rest on, where they were counted. */
  baseline_events: figure.optional(),
  candidate_events: figure.optional(),
  /** After this window: the evidence, on the scale of the boundary. */
  evidence: figure,
  effect: figure.describe("The lasting shift after this window; unit as in `effect`."),
  lower: figure,
  upper: figure,
  left_out: z.enum(["warm-up", "missing", "impossible"]).optional(),
});
export type MetricWindow = z.infer<typeof metricWindow>;

export const metricVerdict = z.strictObject({
  name: z.string(),
  group: z.string().optional(),
  kind: z.enum(["ratio", "gauge", "histogram"]),
  worse: z.enum(["higher", "lower", "either"]),
  critical: z.boolean(),
  weight: z.number(),
  /** How values are shown: share of events, seconds, milliseconds, bytes, or a plain number. */
  unit: z.enum(["share", "seconds", "milliseconds", "bytes", "number"]),
  state: z.enum(metricStates),
  sentence: z.string(),
  /** Over all windows that counted. */
  baseline: figure,
  candidate: figure,
  effect: z
    .strictObject({
      unit: z
        .enum(["percent", "points", "number"])
        .describe("3 percent is 3; points: percentage points of a share, 0.6 is 0.6 points."),
      estimate: z.number(),
      lower: z.number(),
      upper: z.number(),
      margin: z.number().describe("The smallest shift that matters, by policy."),
    })
    .nullable(),
  evidence: z.strictObject({
    value: figure.describe(
      "Highest so far: how much likelier the data are if the candidate is worse, as ln. Of Kayenta's judge: how far the shift's interval stays from no change, as a part of the shift.",
    ),
    boundary: z.number(),
    crossed_at: z.int().min(1).nullable(),
  }),
  flips: z.string().describe("What would have changed this metric's answer."),
  noise: z.enum(["learnt", "default", "none"]).describe("none: Kayenta's judge knows of no noise."),
  windows: z.array(metricWindow),
});
export type MetricVerdict = z.infer<typeof metricVerdict>;

export const guardrailAnswer = z.strictObject({
  name: z.string(),
  action: z.string(),
  truth: z.union([z.boolean(), z.literal("unknown")]),
  sentence: z.string(),
  baseline_too: z.boolean().optional().describe("The same rule holds of the baseline as well."),
  unmeasured: z
    .literal(true)
    .optional()
    .describe("No query measures what it reads; it holds nothing up, and a warning names it."),
  since_window: z.int().min(1).optional(),
});
export type GuardrailAnswer = z.infer<typeof guardrailAnswer>;

export const stepPower = z.strictObject({
  weight: z.number(),
  windows: z.int().min(1),
  metrics: z.array(
    z.strictObject({
      name: z.string(),
      target: z.string().describe("What is to be taken back, for example: error rate doubled."),
      chance: z.number().min(0).max(1).nullable().describe("That it is, by the end of the step."),
      windows_needed: z.int().min(1).nullable().describe("For policy's chance; null: not within reach."),
      within_margin: z
        .string()
        .optional()
        .describe("Where policy calls the target no harm: what would let it be taken back."),
    }),
  ),
});
export type StepPower = z.infer<typeof stepPower>;

export const verdict = z.strictObject({
  schema_version: z.literal(1),
  id: z.string(),
  decision_id: z.string().optional(),
  service: z.string().optional(),
  environment: z.string().optional(),
  candidate: z.string().optional().describe("What told the candidate apart: its version, mostly."),
  stable: z.string().optional().describe("The same of the stable version."),
  policy_version: z.strictObject({ hash: z.string(), commit: z.string() }).optional(),
  verdict: z.enum(verdicts),
  reason_code: z.enum(verdictReasons),
  reason: z.string(),
  at_window: z.int().min(1),
  windows_planned: z.int().min(1),
  window_seconds: z.number(),
  started_at: z.string().optional(),
  /** Percent of the traffic that the candidate had, a window each. */
  weights: z.array(figure).optional(),
  healthy_windows: z.strictObject({ in_a_row: z.int().min(0), needed: z.int().min(1) }),
  false_alarms: z.strictObject({
    rate: figure.describe(
      "Of rollouts without an effect that would be taken back, over all looks and metrics; null: Kayenta's judge promises none.",
    ),
    noise: z.enum(["learnt", "default", "mixed", "none"]),
    past_rollouts: z.int().min(0),
  }),
  kayenta: z
    .strictObject({ score: figure, pass: z.number(), marginal: z.number() })
    .optional()
    .describe("Where policy asks for Kayenta's judge: the score of the last look; null: none was taken."),
  baseline: z.strictObject({
    kind: z.enum(baselineKinds),
    sentence: z.string(),
    reason_code: z.string().optional().describe("Why there is no better one."),
  }),
  /** Where the answer is hold: what is missing, until when, and what then. */
  waiting: z
    .strictObject({
      missing: z.array(z.string()),
      deadline_window: z.int().min(1),
      at_deadline: z.enum(["hold", "slow", "rollback"]),
      page: z.boolean(),
    })
    .optional(),
  shared_fault: z
    .strictObject({ sentence: z.string(), began_at_window: z.int().min(1), page: z.boolean() })
    .optional(),
  power: z.array(stepPower).optional(),
  guardrails: z.array(guardrailAnswer),
  /** The deciding one first. */
  metrics: z.array(metricVerdict),
  warnings: z.array(z.string()),
});
export type Verdict = z.infer<typeof verdict>;
