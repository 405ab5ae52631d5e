import type { ChangeFacts } from "../../../core/change/facts.ts";
import type { Decision, Gate, ServiceDecision } from "../../../core/decision/shape.ts";
import type { Override, PolicyBundle, Thresholds } from "../../../core/policy/schema.ts";

type Changes = Partial<Omit<PolicyBundle, "thresholds">> & { defaults?: Thresholds; overrides?: Override[] };

/** A policy whose score is easy to say: one point a line added, ten a failed test, nothing else. */
export function smallPolicy({ defaults, overrides, ...changes }: Changes = {}): PolicyBundle {
  return {
    name: "small",
    weights: {
      "schema-version": 1,
      factors: {
        size: {
          fact: "diff.additions",
          curve: { kind: "linear", points: 1, per: 1 },
          worst: 20,
          label: "Lines",
        },
        failed: {
          fact: "tests.failed",
          curve: { kind: "linear", points: 10, per: 1 },
          worst: 30,
          label: "Failing tests",
        },
      },
      criticality: { normal: 1, critical: 1.5 },
      caution: { arm: 10 },
    },
    mapping: {
      "schema-version": 1,
      strategies: {
        rolling: { kind: "rolling", steps: [{ batch: 100, window: "2m" }] },
        canary: { kind: "canary", steps: [{ weight: 100, window: "2m", "healthy-windows": 2 }] },
        careful: { kind: "canary", steps: [{ weight: 100, window: "5m" }] },
        "blue-green": { kind: "blue-green", steps: [{ weight: 0, window: "2m" }] },
        devices: { kind: "cohorts", steps: [{ cohort: 100, window: "1h" }] },
      },
      bands: [
        { "up-to": 30, strategy: "rolling" },
        { "up-to": 70, strategy: "canary" },
        { "up-to": 100, strategy: "blue-green" },
      ],
      ...(overrides ? { overrides } : {}),
    },
    thresholds: { "schema-version": 1, defaults: defaults ?? {} },
    guardrails: "",
    version: { hash: "hash", commit: "commit" },
    ...changes,
  };
}

/** A change of so many lines, in which every other fact of the score is known and 0. */
export function changeOf(lines: number, more: Partial<ChangeFacts> = {}): ChangeFacts {
  return { schema_version: 1, diff: { additions: lines }, tests: { failed: 0 }, ...more };
}

/** What a decision says of one gate. */
export function answerOf(gates: readonly Gate[], name: string): string {
  const found = gates.find((gate) => gate.name === name);
  return found ? `${found.verdict}: ${found.reason_code}` : "absent";
}

/** An answer that goes, to be made stricter by a test. */
export function serviceAnswer(more: Partial<ServiceDecision> = {}): ServiceDecision {
  return {
    name: "web",
    environment: "production",
    mode: "advisory",
    risk_score: 10,
    band_score: 10,
    reference_score: 0,
    contributors: [],
    unknowns: [],
    worst_score: 10,
    counterfactuals: [],
    strategy: "rolling",
    strategy_name: "rolling",
    pace: [],
    gates: [],
    allowed: true,
    needs_approval: false,
    reason_code: "within-policy",
    ...more,
  };
}

const blocking: Gate = { name: "freeze", verdict: "block", reason_code: "freeze", sentence: "A freeze." };
const asking: Gate = {
  name: "risk-score",
  verdict: "approve",
  reason_code: "score-needs-approval",
  sentence: "High.",
};

/** The three ways in which an answer holds a change up. */
export const holds = {
  blocked: { gates: [blocking], allowed: false, reason_code: "freeze" },
  waits: { gates: [asking], allowed: false, needs_approval: true, approval_at: "start" },
  "waits at cut-over": { gates: [asking], allowed: true, needs_approval: true, approval_at: "cut-over" },
  goes: {},
} satisfies Record<string, Partial<ServiceDecision>>;
export type Hold = keyof typeof holds;

/** A decision over the services that a test is about. */
export function decisionOver(leading: ServiceDecision, services: ServiceDecision[] = []): Decision {
  const { name: _, ...top } = leading;
  return {
    schema_version: 1,
    decision_id: "0123456789abcdef01234567",
    subject: { kind: "change" },
    ...top,
    services,
    notes: [],
    policy_version: { name: "small", hash: "hash", commit: "commit" },
    facts_digest: "digest",
    approvals: [],
    recorded: false,
    actor: "ada",
    decided_at: "2026-01-01T00:00:00Z",
  };
}
