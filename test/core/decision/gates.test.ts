import { describe, expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import type { Calendar, Thresholds } from "../../../core/policy/schema.ts";
import { answerOf, changeOf, smallPolicy } from "./small-policy.ts";

const calendar: Calendar = {
  "schema-version": 1,
  "time-zone": "UTC",
  "change-windows": [{ days: ["mon"], from: "09:00", to: "17:00" }],
  "peak-hours": [{ days: ["mon"], from: "12:00", to: "13:00" }],
  freezes: [{ name: "year's end", from: "2026-12-20", to: "2026-12-31" }],
};

type Row = {
  gate: string;
  when: string;
  defaults: Thresholds;
  facts?: Partial<ChangeFacts>;
  calendar?: Calendar;
  answer: string;
};

const windows = { "change-window": { closed: "block" } } satisfies Thresholds;
const peak = { peak: { during: "approve" } } satisfies Thresholds;
const freeze = { freeze: { during: "block" } } satisfies Thresholds;
const budget = { "error-budget": { "minimum-percent": 5, below: "block" } } satisfies Thresholds;
const vulnerable = { vulnerabilities: { critical: "block", high: "approve" } } satisfies Thresholds;
const driver = { "windows-driver": { unproven: "approve" } } satisfies Thresholds;
const quarantine = { quarantine: { during: "block" } } satisfies Thresholds;
const required = { "required-facts": ["coverage.delta"] } satisfies Thresholds;
const recorded = { "required-facts": ["context.recordable"] } satisfies Thresholds;
const windowsDriver: Partial<ChangeFacts> = {
  service: { platforms: ["windows"] },
  kinds: { kernel_driver: true },
};

const rows: Row[] = [
  {
    gate: "change-window",
    when: "open",
    defaults: windows,
    calendar,
    facts: { context: { change_window: "open" } },
    answer: "pass: within-policy",
  },
  {
    gate: "change-window",
    when: "closed",
    defaults: windows,
    calendar,
    facts: { context: { change_window: "closed" } },
    answer: "block: outside-change-window",
  },
  {
    gate: "change-window",
    when: "not known",
    defaults: windows,
    calendar,
    answer: "approve: calendar-unknown",
  },
  {
    gate: "change-window",
    when: "closed, told without a calendar",
    defaults: windows,
    facts: { context: { change_window: "closed" } },
    answer: "block: outside-change-window",
  },
  {
    gate: "change-window",
    when: "open, and the calendar has no windows",
    defaults: windows,
    calendar: { "schema-version": 1, "time-zone": "UTC" },
    facts: { context: { change_window: "open" } },
    answer: "absent",
  },
  {
    gate: "change-window",
    when: "closed, and no threshold asks",
    defaults: {},
    calendar,
    facts: { context: { change_window: "closed" } },
    answer: "absent",
  },
  {
    gate: "peak-hours",
    when: "peak",
    defaults: peak,
    facts: { context: { peak: true } },
    answer: "approve: peak-hours",
  },
  {
    gate: "peak-hours",
    when: "no peak",
    defaults: peak,
    facts: { context: { peak: false } },
    answer: "pass: within-policy",
  },
  { gate: "peak-hours", when: "not known", defaults: peak, calendar, answer: "approve: calendar-unknown" },
  { gate: "peak-hours", when: "not known, no calendar", defaults: peak, answer: "absent" },
  {
    gate: "freeze",
    when: "in force",
    defaults: freeze,
    facts: { context: { freeze: "year's end" } },
    answer: "block: freeze",
  },
  {
    gate: "freeze",
    when: "none",
    defaults: freeze,
    facts: { context: { freeze: "" } },
    answer: "pass: within-policy",
  },
  { gate: "freeze", when: "not known", defaults: freeze, calendar, answer: "approve: calendar-unknown" },
  {
    gate: "freeze",
    when: "not known, and a freeze would pass",
    defaults: { freeze: { during: "pass" } },
    calendar,
    answer: "pass: calendar-unknown",
  },
  {
    gate: "error-budget",
    when: "spent",
    defaults: budget,
    facts: { context: { error_budget_left_percent: 4.9 } },
    answer: "block: error-budget-spent",
  },
  {
    gate: "error-budget",
    when: "at the minimum",
    defaults: budget,
    facts: { context: { error_budget_left_percent: 5 } },
    answer: "pass: within-policy",
  },
  {
    gate: "error-budget",
    when: "overspent",
    defaults: budget,
    facts: { context: { error_budget_left_percent: -40 } },
    answer: "block: error-budget-spent",
  },
  { gate: "error-budget", when: "not known", defaults: budget, answer: "absent" },
  {
    gate: "quarantine",
    when: "in quarantine",
    defaults: quarantine,
    facts: { context: { quarantine: "rolled back yesterday" } },
    answer: "block: quarantined",
  },
  {
    gate: "cooldown",
    when: "cooling down",
    defaults: quarantine,
    facts: { context: { cooldown: "two rollbacks" } },
    answer: "block: cooldown",
  },
  {
    gate: "quarantine",
    when: "none in force",
    defaults: quarantine,
    facts: { context: { quarantine: "" } },
    answer: "absent",
  },
  {
    gate: "critical-vulnerabilities",
    when: "one found",
    defaults: vulnerable,
    facts: { vulnerabilities: { critical: 1 } },
    answer: "block: critical-vulnerability",
  },
  {
    gate: "critical-vulnerabilities",
    when: "none found",
    defaults: vulnerable,
    facts: { vulnerabilities: { critical: 0 } },
    answer: "pass: within-policy",
  },
  { gate: "critical-vulnerabilities", when: "never scanned", defaults: vulnerable, answer: "absent" },
  {
    gate: "high-vulnerabilities",
    when: "two found",
    defaults: vulnerable,
    facts: { vulnerabilities: { high: 2 } },
    answer: "approve: vulnerability",
  },
  {
    gate: "medium-vulnerabilities",
    when: "found, and nobody asks",
    defaults: vulnerable,
    facts: { vulnerabilities: { medium: 9 } },
    answer: "absent",
  },
  {
    gate: "windows-driver",
    when: "nothing proven",
    defaults: driver,
    facts: windowsDriver,
    answer: "approve: driver-unproven",
  },
  {
    gate: "windows-driver",
    when: "signed, tests not known",
    defaults: driver,
    facts: { ...windowsDriver, context: { driver_signature_verified: true } },
    answer: "approve: driver-unproven",
  },
  {
    gate: "windows-driver",
    when: "signed and tested",
    defaults: driver,
    facts: {
      ...windowsDriver,
      context: { driver_signature_verified: true },
      tests: { failed: 0, driver_passed: true },
    },
    answer: "pass: within-policy",
  },
  {
    gate: "windows-driver",
    when: "a driver for Linux",
    defaults: driver,
    facts: { service: { platforms: ["linux"] }, kinds: { kernel_driver: true } },
    answer: "absent",
  },
  {
    gate: "windows-driver",
    when: "driver signing, platforms not known",
    defaults: driver,
    facts: { kinds: { driver_signing: true } },
    answer: "approve: driver-unproven",
  },
  {
    gate: "windows-driver",
    when: "driver signing for Linux",
    defaults: driver,
    facts: { service: { platforms: ["linux"] }, kinds: { driver_signing: true } },
    answer: "absent",
  },
  {
    gate: "windows-driver",
    when: "driver signing, platforms not known, and the policy would block",
    defaults: { "windows-driver": { unproven: "block" } },
    facts: { kinds: { driver_signing: true } },
    answer: "approve: driver-unproven",
  },
  {
    gate: "windows-driver",
    when: "a driver for Windows, and the policy blocks",
    defaults: { "windows-driver": { unproven: "block" } },
    facts: windowsDriver,
    answer: "block: driver-unproven",
  },
  {
    gate: "required-fact:coverage.delta",
    when: "not known",
    defaults: required,
    answer: "approve: required-fact-unknown",
  },
  {
    gate: "required-fact:coverage.delta",
    when: "known",
    defaults: required,
    facts: { coverage: { delta: 0 } },
    answer: "absent",
  },
  {
    gate: "required-fact:context.recordable",
    when: "no ledger can be written",
    defaults: recorded,
    facts: { context: { recordable: false } },
    answer: "approve: required-fact-unknown",
  },
];

describe("gates of the thresholds", () => {
  test.each(rows)("$gate, $when: $answer", ({ gate, defaults, facts, calendar: times, answer }) => {
    const policy = smallPolicy({ defaults, ...(times ? { calendar: times } : {}) });
    const decision = decide(changeOf(1, facts), policy);
    expect(answerOf(decision.gates, gate)).toBe(answer);
    const verdict = answer.split(":", 1)[0];
    expect(decision.allowed).toBe(verdict === "pass" || verdict === "absent");
    expect(decision.needs_approval).toBe(verdict === "approve");
    if (verdict === "block" || verdict === "approve")
      expect(decision.reason_code).toBe(answer.split(": ")[1]);
  });
});

describe("the approval by score", () => {
  test.each([
    [84, "pass: within-policy", true],
    [85, "approve: score-needs-approval", false],
    [300, "approve: score-needs-approval", false],
  ])("from 85, a score of %d: %s", (lines, answer, allowed) => {
    const decision = decide(changeOf(lines), smallPolicy({ defaults: { approval: { from: 85 } } }));
    expect(answerOf(decision.gates, "risk-score")).toBe(answer);
    expect(decision.allowed).toBe(allowed);
  });

  test("half a point below rounds up to it, as the shown score does", () => {
    const half = smallPolicy({ defaults: { approval: { from: 85 } } });
    half.weights.factors.size = {
      fact: "diff.additions",
      curve: { kind: "linear", points: 0.5, per: 1 },
      worst: 0,
      label: "Lines",
    };
    expect(decide(changeOf(169), half)).toMatchObject({ risk_score: 85, needs_approval: true });
    expect(decide(changeOf(168), half)).toMatchObject({ risk_score: 84, needs_approval: false });
  });

  test("at cut-over the rollout may start, and still needs its approvals", () => {
    const approval: Thresholds["approval"] = {
      from: 85,
      at: "cut-over",
      approvers: { count: 2, users: ["dana", "lee"] },
    };
    expect(decide(changeOf(90), smallPolicy({ defaults: { approval } }))).toMatchObject({
      allowed: true,
      needs_approval: true,
      approval_at: "cut-over",
      approvals_needed: 2,
      approvers: ["@dana", "@lee"],
    });
  });

  test("a blocked change says nothing of approvals", () => {
    const policy = smallPolicy({ defaults: { approval: { from: 85 }, freeze: { during: "block" } } });
    const decision = decide(changeOf(90, { context: { freeze: "fair" } }), policy);
    expect(decision).toMatchObject({ allowed: false, needs_approval: false, reason_code: "freeze" });
    expect(decision.approvals_needed).toBeUndefined();
  });
});

test("scopes of thresholds speak for one service in one environment", () => {
  const policy = smallPolicy({ defaults: { approval: { from: 85 } } });
  policy.thresholds.scopes = [
    { match: { service: "pay*", environment: "production" }, mode: "enforced", approval: { from: 20 } },
  ];
  const asked = (name: string, environment: string) =>
    decide(changeOf(25, { service: { name, environment } }), policy);
  expect(asked("payments", "prod")).toMatchObject({ mode: "enforced", needs_approval: true });
  expect(asked("payments", "staging")).toMatchObject({ mode: "advisory", needs_approval: false });
  expect(asked("web", "production")).toMatchObject({ mode: "advisory", needs_approval: false });
});
