import { describe, expect, test } from "vitest";
import type { Decision } from "../../../core/decision/shape.ts";
import { commentMarker, renderComment } from "../../../core/render/comment.ts";
import { fixture, fixtureNames } from "./fixtures.ts";
import { tablesOf } from "./markdown.ts";

const headOf = (comment: string) => comment.split("\n")[1];

describe("the first line", () => {
  test.each([
    [
      "low",
      "🟢 **12 / 100** · low → rolling, batches of 50 → 100 % (about 4 min) · may go, nothing for you to do",
    ],
    [
      "middle",
      "### 🟡 47 / 100 · medium → canary 10 → 25 → 50 → 100 % (about 32 min) · may go, nothing for you to do",
    ],
    ["approved", expect.stringMatching(/ · approved, may go$/u)],
    ["high-blocked", expect.stringMatching(/ · blocked: critical vulnerability$/u)],
    ["needs-approval", expect.stringMatching(/ · needs 2 approvals before it starts$/u)],
    [
      "approval-at-cut-over",
      expect.stringMatching(/ · may start; policy asks for approval before cut-over$/u),
    ],
    ["cut-by-cap", expect.stringMatching(/ · policy says not yet: critical vulnerability; you decide$/u)],
    ["shadow", expect.stringMatching(/ · shadow: it would be blocked \(critical vulnerability\)$/u)],
  ])("of %s", (name, expected) => {
    expect(headOf(renderComment(fixture(name)))).toEqual(expected);
  });

  test("comes after the marker, or alone where there is none", () => {
    expect(renderComment(fixture("middle")).startsWith(`${commentMarker}\n### 🟡`)).toBe(true);
    expect(renderComment(fixture("middle"), { marker: "" }).startsWith("### 🟡")).toBe(true);
  });
});

test.each(fixtureNames)("%s: the printed points and the sum line add up", (name) => {
  const decision = fixture(name);
  const comment = renderComment(decision);
  const [table] = tablesOf(comment.replaceAll("<details>", "").replaceAll("</details>", ""));
  const printed = (table?.rows ?? []).map((row) =>
    Number(/(?:\*\*)?([+−]?\d+)(?:\*\*)?$/u.exec(row.at(-1)?.text ?? "")?.[1]?.replace("−", "-")),
  );
  const sum = /^(\d+) for (?:the typical|an empty|the average) change ([+−]) (\d+) = \*\*(\d+)\*\*\./mu.exec(
    comment,
  );
  expect(printed.length).toBeGreaterThan(0);
  expect(printed.reduce((total, points) => total + points, decision.reference_score)).toBe(
    decision.risk_score,
  );
  expect([sum?.[1], sum?.[4]].map(Number)).toEqual([decision.reference_score, decision.risk_score]);
  expect(Number(`${sum?.[2] === "−" ? "-" : ""}${sum?.[3]}`)).toBe(
    decision.risk_score - decision.reference_score,
  );
});

describe("a low risk takes one line", () => {
  const visible = (decision: Decision, options = {}) =>
    renderComment(decision, { marker: "", ...options })
      .replace(/<details>[\s\S]*<\/details>/u, "")
      .trim()
      .split("\n").length;
  const low = fixture("low");
  const unknown = { ...low, unknowns: [{ name: "coverage", worst: 3 }], worst_score: 15 };

  test.each([
    ["rolling, allowed, all known", low, {}],
    ["what is unknown leaves it low", unknown, {}],
    [
      "policy says that the worst rolls too",
      { ...unknown, worst_score: 40, at_worst: { strategy: "rolling" as const, needs_approval: false } },
      {},
    ],
  ])("where %s", (_, decision, options) => {
    expect(visible(decision, options)).toBe(1);
  });

  test.each([
    ["the strategy is another", { ...low, strategy: "canary" as const }, {}],
    ["the unknown could make it medium", { ...unknown, worst_score: 31 }, {}],
    [
      "the worst would take another strategy",
      { ...unknown, at_worst: { strategy: "canary" as const, needs_approval: false } },
      {},
    ],
    ["there is something to note", { ...low, notes: ["This change edits the policy itself."] }, {}],
    ["a gate was skipped", { ...low, gates: fixture("revert").gates }, {}],
    ["a service takes another strategy", { ...low, services: fixture("middle").services }, {}],
  ])("but not where %s", (_, decision, options) => {
    expect(visible(decision, options)).toBeGreaterThan(1);
  });
});

describe("history", () => {
  test("too little of it is said, and nothing is called typical", () => {
    const comment = renderComment(fixture("thin-history"));
    expect(comment).toContain("Too little history (12) to say what is typical here");
    expect(comment).toContain("0 for an empty change + 41 = **41**.");
    expect(comment).not.toMatch(/typical here \||typical change/u);
  });

  test.each([
    [29, undefined, "Too little history (29)"],
    [undefined, undefined, "Too little history (0)"],
    [30, { percent: 100, changes: 30 }, "Riskier than all of the last 30 changes merged here."],
    [412, { percent: 0, changes: 412 }, "No riskier than any of the last 412 changes merged here."],
    [
      64,
      { percent: 50, changes: 64, among: "bots" as const },
      "Riskier than 50 % of the last 64 changes by bots merged here.",
    ],
  ])("of %s changes", (history_changes, rank, expected) => {
    const { rank: _, history_changes: __, ...decision } = fixture("enforced");
    const known = {
      ...decision,
      ...(rank ? { rank } : {}),
      ...(history_changes === undefined ? {} : { history_changes }),
    };
    expect(renderComment(known)).toContain(expected);
  });
});

describe("what a reader may do", () => {
  test.each(fixtureNames)("%s promises no command that nobody hears", (name) => {
    expect(renderComment(fixture(name))).not.toMatch(/`\/(?:risk|hold|approve-risk)|risk:quiet/u);
  });

  test("commands are told where somebody listens", () => {
    const comment = renderComment(fixture("middle"), { commands: true, approvalFrom: 85 });
    expect(comment).toContain("<summary>Commands and details</summary>");
    expect(comment).toContain(
      "From a score of 85 on it takes one, `/approve-risk <reason>`, never from the author.",
    );
  });

  test("who may approve is named, and nobody is pinged", () => {
    expect(renderComment(fixture("needs-approval"))).toContain(
      "**Who may approve (2 needed):** code owners of the files that drive the score, team `acme/payments-owners`, `@dana`, people with maintain or admin permission.",
    );
  });

  test("one approval of two is counted by person", () => {
    const approved = fixture("approved");
    const [first] = approved.approvals;
    const twice = { ...approved, approvals: first ? [first, first] : [] };
    expect(renderComment(twice)).toContain("**Who may approve (1 of 2 so far):**");
  });

  test("a blocked change names no approver", () => {
    expect(renderComment(fixture("high-blocked"))).not.toContain("Who may approve");
  });
});

describe("services", () => {
  test("a stop names the services that it concerns, but not where it is all of them", () => {
    const decision = fixture("middle");
    const closed = {
      name: "w",
      verdict: "block" as const,
      reason_code: "outside-change-window" as const,
      sentence: "The window is closed.",
    };
    const block = (index: number) => ({ gates: [closed], allowed: false, ...(index ? {} : {}) });
    const one = {
      ...decision,
      allowed: false,
      services: decision.services.map((service, index) =>
        index === 0 ? { ...service, ...block(index) } : service,
      ),
    };
    const all = {
      ...decision,
      allowed: false,
      services: decision.services.map((service, index) => ({ ...service, ...block(index) })),
    };
    expect(renderComment(one)).toContain("**Why not yet:** `payments-api`: The window is closed.");
    expect(renderComment(all)).toContain("**Why not yet:** The window is closed.");
    expect(renderComment(one)).toContain("| Service | score | rollout | answer |");
  });
});

test("a record that failed is told, one that is still to come is not", () => {
  expect(renderComment(fixture("thin-history"))).toContain("Not recorded: the token may only read.");
  expect(renderComment({ ...fixture("middle"), recorded: false })).not.toContain("Not recorded");
});

test.each([
  [{ strategy: "canary" as const, needs_approval: false }, "At worst 55: same strategy."],
  [{ strategy: "blue-green" as const, needs_approval: true }, "At worst 55: blue-green, with an approval."],
  [undefined, "At worst 55."],
])("the worst case %#", (atWorst, expected) => {
  expect(renderComment({ ...fixture("middle"), ...(atWorst ? { at_worst: atWorst } : {}) })).toContain(
    `high vulnerabilities. ${expected}\n`,
  );
});
