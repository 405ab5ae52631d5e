import { describe, expect, test } from "vitest";
import { renderCheck } from "../../../core/render/check.ts";
import { renderComment } from "../../../core/render/comment.ts";
import { renderSummary } from "../../../core/render/summary.ts";
import { renderSvg } from "../../../core/render/svg.ts";
import { renderTerminal } from "../../../core/render/terminal.ts";
import { fixture, fixtureNames } from "./fixtures.ts";

const rendered = "../../fixtures/rendered";

describe.each(fixtureNames)("%s", (name) => {
  const decision = fixture(name);

  test("is a decision whose contributors sum to score − reference", () => {
    const sum = decision.contributors.reduce((total, contributor) => total + contributor.points, 0);
    expect(sum).toBeCloseTo(decision.risk_score - decision.reference_score, 9);
  });

  test("comment", async () => {
    await expect(renderComment(decision)).toMatchFileSnapshot(`${rendered}/${name}.comment.md`);
  });

  test("summary", async () => {
    await expect(renderSummary(decision)).toMatchFileSnapshot(`${rendered}/${name}.summary.md`);
  });

  test("check", async () => {
    const { title, conclusion, summary, text } = renderCheck(decision);
    const document = `# ${title}\n\nConclusion: ${conclusion}\n\n${summary}\n\n---\n\n${text}\n`;
    await expect(document).toMatchFileSnapshot(`${rendered}/${name}.check.md`);
  });

  test("terminal", async () => {
    await expect(renderTerminal(decision)).toMatchFileSnapshot(`${rendered}/${name}.txt`);
  });

  test("picture", async () => {
    await expect(renderSvg(decision)).toMatchFileSnapshot(`${rendered}/${name}.svg`);
  });
});

describe("the comment with all that a caller may tell", () => {
  const atWorst = { strategy: "canary" as const, needs_approval: false };
  const told = {
    marker: "<!-- team:risk -->",
    localCommand: "npx adaptive-deploy decide --base main",
    baseBranch: "main",
    settling: {
      provisional: true as const,
      missing: ["ci" as const, "coverage" as const],
      until: "2025-06-03T10:09:12.000Z",
    },
    approvalFrom: 85,
    authorFacts: false,
  };

  test.each([
    ["told", false],
    ["commands", true],
  ])("middle.%s", async (name, commands) => {
    const comment = renderComment({ ...fixture("middle"), at_worst: atWorst }, { ...told, commands });
    await expect(comment).toMatchFileSnapshot(`${rendered}/middle.${name}.comment.md`);
  });
});

test("the terminal in colour", async () => {
  const text = renderTerminal(fixture("middle"), { colour: true, width: 100 });
  await expect(text).toMatchFileSnapshot(`${rendered}/middle.ansi`);
});
