import * as z from "zod";
import { modes, scoreScales, strategyKinds } from "../policy/schema.ts";

/** `risk-decision.json`: the canonical body, and beside it, flattened, the envelope. */

export const reasonCodes = [
  "within-policy",
  "needs-approval",
  "approved",
  "approval-not-carried",
  "approval-wait-ended",
  "approval-wait-stopped",
  "held",
  "head-moved",
  "base-changed",
  "pull-request-closed",
  "approval-expired",
  "approval-not-counted",
  "score-needs-approval",
  "override-needs-approval",
  "override-blocks",
  "guardrail-blocks",
  "guardrail-needs-approval",
  "guardrail-fact-unknown",
  "guardrail-allows",
  "critical-vulnerability",
  "vulnerability",
  "outside-change-window",
  "peak-hours",
  "freeze",
  "error-budget-spent",
  "quarantined",
  "cooldown",
  "driver-unproven",
  "required-fact-unknown",
  "calendar-unknown",
  "revert-skips-gate",
  "ledger-unavailable",
  "ledger-not-configured",
  "read-only-token",
  "model-missing",
  "model-broken",
  "model-stale",
  "model-unknowns",
  "model-drifted",
  "model-unproven",
  "model-needs-approval",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

const contributor = z.strictObject({
  name: z.string(),
  value: z.union([z.number(), z.boolean(), z.string()]).optional(),
  typical: z.union([z.number(), z.boolean(), z.string()]).optional(),
  points: z.number(),
  direction: z.enum(["raises", "lowers"]),
  sentence: z.string(),
});
export type Contributor = z.infer<typeof contributor>;

const unknown = z.strictObject({ name: z.string(), worst: z.number() });
const counterfactual = z.strictObject({ change: z.string(), score: z.int() });

const paceStep = z.strictObject({
  weight: z.number().optional(),
  batch: z.number().optional(),
  cohort: z.number().optional(),
  window: z.string(),
  healthy_windows: z.int(),
});
export type PaceStep = z.infer<typeof paceStep>;

export const verdicts = ["pass", "block", "approve"] as const;
const gate = z.strictObject({
  name: z.string(),
  verdict: z.enum(verdicts),
  reason_code: z.enum(reasonCodes),
  sentence: z.string(),
});
export type Gate = z.infer<typeof gate>;

const modelContributor = z.strictObject({
  name: z.string(),
  value: z.number().optional(),
  typical: z.number().optional(),
  /** With the bias these sum up to `log_odds` exactly. */
  log_odds: z.number(),
  /** Rescaled from the log-odds: these sum up to the score less the reference on the scale. */
  points: z.number(),
  sentence: z.string(),
});

/** What the model says of a change, whatever it counts; absent where policy knows of no model. */
const modelAnswer = z.strictObject({
  /** Absent where there is no model that could be read. */
  version: z.string().optional(),
  state: z.enum(modes),
  scale: z.enum(scoreScales),
  /** False: the weights decide, and the reason is below. */
  spoke: z.boolean(),
  reason_code: z.enum(reasonCodes).optional(),
  sentence: z.string().optional(),
  probability: z.number().min(0).max(1).optional(),
  /** What it learnt to foresee. */
  outcome: z.enum(["failed", "rolled-back"]).optional(),
  rank: z.strictObject({ percent: z.number(), changes: z.int() }).optional(),
  bias: z.number().optional(),
  log_odds: z.number().optional(),
  contributors: z.array(modelContributor).optional(),
  /** Place of the score among the bands of the scale, where the model decides. */
  level: z.enum(["low", "medium", "high"]).optional(),
  /** What the weights say, which decides unless the model does. */
  heuristic_score: z.int().min(0).max(100),
});
export type ModelAnswer = z.infer<typeof modelAnswer>;

/** What is decided of one service, and at the top level of the strictest one. */
const answer = {
  environment: z.string(),
  mode: z.enum(modes),
  risk_score: z.int().min(0).max(100),
  band_score: z.int().min(0).max(100),
  probability: z.number().optional(),
  reference_score: z.int().min(0).max(100),
  contributors: z.array(contributor),
  unknowns: z.array(unknown),
  worst_score: z.int().min(0).max(100),
  /** What the policy would choose at the worst score. */
  at_worst: z
    .strictObject({
      strategy: z.enum(strategyKinds),
      needs_approval: z.boolean(),
      blocked: z.boolean().optional(),
    })
    .optional(),
  counterfactuals: z.array(counterfactual),
  strategy: z.enum(strategyKinds),
  /** Name of the strategy in the policy, where several share a kind. */
  strategy_name: z.string(),
  pace: z.array(paceStep),
  approval_at: z.enum(["start", "cut-over"]).optional(),
  approvals_needed: z.int().optional(),
  approvers: z.array(z.string()).optional(),
  gates: z.array(gate),
  allowed: z.boolean(),
  needs_approval: z.boolean(),
  reason_code: z.enum(reasonCodes),
  model: modelAnswer.optional(),
};

export const serviceDecision = z.strictObject({ name: z.string(), ...answer });
export type ServiceDecision = z.infer<typeof serviceDecision>;

export const decisionBody = z.strictObject({
  schema_version: z.literal(1),
  decision_id: z.string(),
  subject: z.strictObject({
    kind: z.enum(["change", "group", "release"]),
    repository: z.string().optional(),
    base: z.string().optional(),
    head: z.string().optional(),
    pull_request: z.int().optional(),
    candidate: z.string().optional(),
  }),
  ...answer,
  services: z.array(serviceDecision),
  /** "Riskier than 78 % of the last 412 changes": absent where fewer than 30 are known. */
  rank: z
    .strictObject({ percent: z.number(), changes: z.int(), among: z.enum(["people", "bots"]).optional() })
    .optional(),
  history_changes: z.int().optional(),
  not_counted: z
    .strictObject({
      files: z.int(),
      lines: z.int(),
      by_reason: z.record(z.string(), z.int()),
      examples: z.array(z.string()),
    })
    .optional(),
  /** Things a reader should know that change no verdict, each a sentence. */
  notes: z.array(z.string()),
  policy_version: z.strictObject({
    name: z.string(),
    hash: z.string(),
    commit: z.string(),
    /** Where the policy of another repository speaks: that of the organisation's `.github`. */
    repository: z.string().optional(),
  }),
  model_version: z.string().optional(),
  facts_digest: z.string(),
});
export type DecisionBody = z.infer<typeof decisionBody>;

const refusedApproval = z.strictObject({ reason_code: z.enum(reasonCodes), sentence: z.string() });
export type RefusedApproval = z.infer<typeof refusedApproval>;

const envelope = {
  approvals: z.array(
    z.strictObject({
      actor: z.string(),
      sha: z.string(),
      environment: z.string(),
      reason: z.string(),
      source: z.string(),
      at: z.string(),
      /** Absent where policy lets an approval hold for as long as its commit does. */
      until: z.string().optional(),
    }),
  ),
  /** Approvals that were given and do not count, each with why. */
  approvals_refused: z.array(refusedApproval).optional(),
  recorded: z.boolean(),
  /** Why it was not recorded. */
  recorded_reason: z.enum(reasonCodes).optional(),
  /** Why waiting for an approval came to none: then the approvals beside it do not let the change go. */
  wait_ended: z.enum(reasonCodes).optional(),
  actor: z.string(),
  decided_at: z.string(),
};
export const decisionDocument = z.strictObject({ ...decisionBody.shape, ...envelope });
export type Decision = z.infer<typeof decisionDocument>;
export type Approval = Decision["approvals"][number];
