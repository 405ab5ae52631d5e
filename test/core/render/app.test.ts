import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkActions } from "../../../core/render/actions.ts";
import { renderCheck } from "../../../core/render/check.ts";
import { type CommentOptions, renderComment } from "../../../core/render/comment.ts";
import { type PolicyReport, renderPolicyImpact } from "../../../core/render/policy-impact.ts";
import { fixture, fixtureNames } from "./fixtures.ts";
import { hostileText } from "./hostile.ts";

/** What the App tells beside the decision: that it is provisional, held, or about the policy itself. */

const app = { baseBranch: "main", commands: true, approvalFrom: 85, authorFacts: false };
const until = "2025-06-03T10:11:27.000Z";
const waits = { provisional: true as const, missing: ["ci" as const, "coverage" as const], until };
const hold = { actor: "dana", reason: "waiting for the payment provider's maintenance to end" };
const moved = (number: number, title: string, before: number, after: number, from = "rolling") => ({
  subject: `#${number} ${title}`,
  from,
  to: "canary · approval",
  scoreBefore: before,
  scoreAfter: after,
});
const report: PolicyReport = {
  branch: "main",
  lands: true,
  problems: [],
  warnings: [
    {
      file: ".github/adaptive-deploy/guardrails.rules",
      line: 7,
      column: 1,
      message: '"late_risk" forces rolling where the bands have the more careful canary; is that meant?',
    },
  ],
  impact: {
    changes: 41,
    before: { rolling: 26, canary: 12, "canary · approval": 1, "blue-green · approval": 2 },
    after: { rolling: 24, canary: 10, "canary · approval": 5, "blue-green · approval": 2 },
    moved: [
      moved(412, "Retry charges that the gateway left open", 28, 34),
      moved(407, "Book fees apart from charges", 30, 33),
      moved(398, "Sessions end at midnight", 52, 58, "canary"),
      moved(391, "Refund single lines", 49, 51, "canary"),
    ],
  },
  partly: true,
};
const broken: PolicyReport = {
  branch: "main",
  lands: true,
  problems: [
    {
      file: ".github/adaptive-deploy/thresholds-and-windows.yaml",
      line: 7,
      column: 5,
      message: 'unknown key "aproval"; did you mean "approval"?',
    },
  ],
  warnings: [],
};

const told: [string, string, CommentOptions][] = [
  ["low", "low", app],
  ["medium", "middle", { ...app, localCommand: "npx adaptive-deploy decide --base main" }],
  ["provisional", "middle", { ...app, settling: waits }],
  ["overdue", "middle", { ...app, settling: { provisional: false, missing: ["coverage"] } }],
  ["held", "middle", { ...app, hold }],
  ["approval", "needs-approval", app],
  ["approved", "approved", app],
  ["quiet", "needs-approval", { ...app, quiet: true }],
  ["policy", "middle", { ...app, policyImpact: renderPolicyImpact(report) }],
  ["policy-refused", "middle", { ...app, policyImpact: renderPolicyImpact(broken) }],
];

test.each(told)("app-%s", async (name, decision, options) => {
  const folder = "../../fixtures/rendered";
  await expect(renderComment(fixture(decision), options)).toMatchFileSnapshot(
    `${folder}/app-${name}.comment.md`,
  );
  const { title, conclusion, summary } = renderCheck(fixture(decision), options);
  await expect(`# ${title}\n\nConclusion: ${conclusion}\n\n${summary}\n`).toMatchFileSnapshot(
    `${folder}/app-${name}.check.md`,
  );
});

const headOf = (name: string, options: CommentOptions) =>
  renderComment(fixture(name), { marker: "", ...options }).split("\n")[0];

describe("the first line", () => {
  test.each([
    ["middle", { settling: waits }, / · provisional, waits for CI and coverage: nothing for you to do yet$/u],
    [
      "high-blocked",
      { settling: waits },
      / · provisional, waits for CI and coverage; so far blocked: critical vulnerability$/u,
    ],
    ["low", { settling: waits }, /^🟢 .* · provisional, waits for CI and coverage: nothing/u],
    [
      "middle",
      { settling: { provisional: false as const, missing: [] } },
      / · may go, nothing for you to do$/u,
    ],
    ["middle", { hold, settling: waits }, / · on hold by `dana`$/u],
    ["middle", { policyImpact: renderPolicyImpact(broken) }, / · mend the policy that it edits$/u],
    ["low", { hold }, /^### 🟢 .* · on hold by `dana`$/u],
    ["needs-approval", { quiet: true }, /^🔴 .* · needs 2 approvals before it starts$/u],
  ])("of %s with %o", (name, options, expected) => {
    expect(headOf(name, options)).toMatch(expected);
  });

  test("is all that shows where people asked for quiet, whatever the risk", () => {
    for (const name of fixtureNames) {
      const comment = renderComment(fixture(name), { marker: "", quiet: true, hold });
      expect(
        comment
          .replace(/<details>[\s\S]*<\/details>/u, "")
          .trim()
          .split("\n"),
      ).toHaveLength(1);
    }
  });
});

describe("a hold", () => {
  test.each(fixtureNames)("stops %s in every mode but shadow", (name) => {
    const decision = fixture(name);
    const { conclusion, title } = renderCheck(decision, { hold });
    if (decision.mode === "shadow") return expect(conclusion).toBe("neutral");
    expect(["action_required", "failure"]).toContain(conclusion);
    return expect(title).toMatch(/^On hold by dana · /u);
  });

  test("is told with its reason, which cannot format or ping", () => {
    const comment = renderComment(fixture("middle"), {
      hold: { actor: "dana", reason: "**see** @everyone <b>\n# now" },
    });
    expect(comment).toContain("**On hold** by `dana`: \\*\\*see\\*\\* `@everyone` &lt;b&gt; # now");
  });
});

describe("buttons", () => {
  const labels = (name: string) => checkActions(fixture(name)).map((action) => action.label);

  test("offer an approval where one is asked for and still missing", () => {
    expect(labels("needs-approval")).toEqual(["Re-score", "Explain", "Approve"]);
    expect(labels("approval-at-cut-over")).toContain("Approve");
    expect(labels("approved")).toEqual(["Re-score", "Explain"]);
    expect(labels("high-blocked")).not.toContain("Approve");
  });

  test("need a pull request to comment on, unless they only measure again", () => {
    const { pull_request: _, ...subject } = fixture("needs-approval").subject;
    const group = { ...fixture("needs-approval"), subject: { ...subject, kind: "group" as const } };
    expect(checkActions(group).map((action) => action.identifier)).toEqual(["rescore"]);
  });

  test("keep to GitHub's lengths", () => {
    for (const action of fixtureNames.flatMap((name) => checkActions(fixture(name)))) {
      expect(action.label.length).toBeLessThanOrEqual(20);
      expect(action.description.length).toBeLessThanOrEqual(40);
      expect(action.identifier.length).toBeLessThanOrEqual(20);
    }
  });
});

test("whatever people and policies say, comment and check stay within GitHub's limits and keep their shape", () => {
  const long = fc
    .tuple(hostileText, fc.integer({ min: 1, max: 4000 }))
    .map(([text, count]) => text.repeat(count));
  const problems = fc.array(
    fc.record({
      file: hostileText,
      line: fc.integer({ min: 1 }),
      column: fc.integer({ min: 1 }),
      message: long,
    }),
    { maxLength: 60 },
  );
  const buckets = fc.dictionary(
    fc.constantFrom("rolling", "canary · blocked"),
    fc.integer({ min: 0, max: 200 }),
  );
  const anyMoved = fc.array(
    long.map((subject) => ({ ...moved(1, "", 1, 2), subject })),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...fixtureNames),
      problems,
      anyMoved,
      buckets,
      long,
      fc.boolean(),
      (name, some, changes, shares, reason, quiet) => {
        const impact = { changes: 200, before: shares, after: shares, moved: changes };
        const policyImpact = renderPolicyImpact({
          ...report,
          branch: reason,
          problems: some,
          warnings: some,
          impact,
        });
        const options = { ...app, quiet, policyImpact, hold: { actor: reason, reason }, settling: waits };
        const comment = renderComment(fixture(name), options);
        const check = renderCheck(fixture(name), options);
        expect(policyImpact.text.length).toBeLessThan(30_000);
        expect(comment.length).toBeLessThan(65_536);
        expect(Math.max(check.summary.length, check.text.length)).toBeLessThan(65_535);
        expect(check.title.length).toBeLessThanOrEqual(255);
        expect(comment.match(/<!--/gu)).toHaveLength(1);
        expect(comment.replace(/`[^`\n]*`/gu, "").match(/^#+ /gmu)?.length ?? 0).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 60 },
  );
});
