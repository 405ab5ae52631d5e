import { describe, expect, it } from "vitest";
import { shippedBundle } from "../../adapters/policy/shipped.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import { type HistorySummary, sampleColumns } from "../../core/change/history.ts";
import { recordOf } from "../../core/change/record-of.ts";
import { decideMeasured } from "../../core/decision/from-measured.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";

/** A pull request writes the file that `inputs` names, and the reports: what may they do in enforced mode? */

type Thresholds = PolicyBundle["thresholds"];
const shipped = shippedBundle("default");

function enforced(
  more: Partial<Thresholds["defaults"]> = {},
  guardrails = "",
  scopes?: Thresholds["scopes"],
) {
  const thresholds: Thresholds = {
    "schema-version": 1,
    defaults: { mode: "enforced", approval: { from: 85 }, ...more },
    ...(scopes ? { scopes } : {}),
  };
  return { ...shipped, thresholds, guardrails };
}

const measured: ChangeFacts = {
  schema_version: 1,
  change: { kind: "change", repository: "acme/payments", head: "a".repeat(40), author: "mallory" },
  diff: {
    changed_files: Array.from({ length: 3 }, (_, index) => ({
      path: `src/pay-${index}.ts`,
      status: "modified" as const,
      additions: 20,
      deletions: 5,
    })),
  },
  sources: { diff: { from: "api", trusted: true }, history: { from: "git", trusted: false } },
};

const summary: HistorySummary = {
  schema_version: 1,
  base: "b".repeat(40),
  base_at: "2026-03-01T10:00:00Z",
  sample: { columns: [...sampleColumns], rows: [] },
  typical: {
    people: { changes: 0, files: 1, additions: 1, deletions: 1, directories: 1, entropy: 0, churn: 0 },
    bots: { changes: 0, files: 1, additions: 1, deletions: 1, directories: 1, entropy: 0, churn: 0 },
  },
  commits_30d: recordOf([]),
  commits_30d_complete: false,
  failures: { changes: 100, failures: 40 },
  modules: recordOf([["src", { changes: 50, failures: 30 }]]),
  previous_release: null,
  days_since_rollback: null,
  coverage_percent: 10,
};

function decided(
  claimed: Partial<ChangeFacts>,
  policy: PolicyBundle,
  { trusted = false, from = measured, history = false } = {},
) {
  const given = { facts: { schema_version: 1 as const, ...claimed }, from: "file" as const, trusted };
  const around = { environment: "production", ...(history ? { history: summary } : {}) };
  return decideMeasured(from, Object.keys(claimed).length ? [given] : [], policy, around).body;
}

describe("a file of facts from an untrusted run", () => {
  it("cannot say that the change is of a small service", () => {
    const tiny = { name: "tiny", diff: { files: 1, additions: 1, deletions: 0 }, kinds: {} };
    expect(decided({ services: [tiny] }, enforced()).risk_score).toBe(decided({}, enforced()).risk_score);
  });

  it("cannot pick another scope of the policy by the name of a service", () => {
    const policy = enforced({ mode: "shadow" }, "", [{ match: { service: "payments" }, mode: "enforced" }]);
    expect(decided({ service: { name: "docs" } }, policy).mode).toBe("enforced");
    expect(decided({ service: { name: "docs" } }, policy, { trusted: true }).mode).toBe("shadow");
  });

  it("cannot silence the history", () => {
    const told = decided({}, enforced(), { history: true });
    const silenced = decided({ history: { changes: 0 } }, enforced(), { history: true });
    expect(told.contributors.map(({ name }) => name)).toContain("failure-rate");
    expect(silenced.risk_score).toBe(told.risk_score);
  });

  it("cannot say which change it is", () => {
    const release = { ...measured, change: { kind: "release" as const, repository: "acme/payments" } };
    const change = { pull_request: 7, candidate: "image@sha256:0" };
    expect(decided({ change }, enforced(), { from: release }).subject).toEqual({
      kind: "release",
      repository: "acme/payments",
    });
  });
});

describe("a value that worries a little cannot stand for the one that would worry more", () => {
  const one = { tests: { failed: 1 } };

  it("where policy asks that the fact be known", () => {
    const policy = enforced({ "required-facts": ["tests.failed"] });
    expect(decided(one, policy)).toMatchObject({ allowed: false, reason_code: "required-fact-unknown" });
    expect(decided(one, policy, { trusted: true }).allowed).toBe(true);
  });

  it("where a guardrail would block from more on", () => {
    const policy = enforced({}, 'rule "red": when tests.failed > 2 then block');
    expect(decided(one, policy)).toMatchObject({ allowed: false, reason_code: "guardrail-fact-unknown" });
    expect(decided({ tests: { failed: 3 } }, policy).reason_code).toBe("guardrail-blocks");
  });

  it("where a guardrail lets a change go", () => {
    const policy = enforced({ approval: { from: 1 } }, 'rule "calm": when tests.failed < 2 then allow');
    expect(decided(one, policy)).toMatchObject({ allowed: false, reason_code: "score-needs-approval" });
  });

  it("and still raises the score", () => {
    const policy = enforced();
    expect(decided({ tests: { failed: 50 } }, policy).risk_score).toBeGreaterThan(
      decided({}, policy).risk_score,
    );
  });

  it("while advice believes it", () => {
    const policy = enforced({ mode: "advisory", "required-facts": ["tests.failed"] });
    expect(decided(one, policy).allowed).toBe(true);
  });
});

describe("a history summary, which anyone who can push a branch can write", () => {
  const covered = (trusted: boolean): ChangeFacts => ({
    ...measured,
    coverage: { percent: 90 },
    sources: { coverage: { from: "reports", trusted: true }, history: { from: "git", trusted } },
  });

  it("turns no coverage into a gain, and may raise the score", () => {
    const believed = decided({}, enforced(), { from: covered(true), history: true });
    const forged = decided({}, enforced(), { from: covered(false), history: true });
    const names = (body: typeof forged) => body.contributors.map(({ name }) => name);
    expect(names(believed)).toContain("coverage");
    expect(names(forged)).not.toContain("coverage");
    expect(names(forged)).toContain("failure-rate");
  });
});
