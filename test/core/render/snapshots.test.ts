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

test("the comment with everything that a caller may tell", async () => {
  const comment = renderComment(fixture("middle"), {
    marker: "<!-- team:risk -->",
    localCommand: "npx adaptive-deploy decide --base main",
    baseBranch: "main",
    pendingFacts: 2,
    atWorst: { strategy: "canary", needs_approval: false },
    approvalFrom: 85,
    authorFacts: false,
    commands: true,
  });
  await expect(comment).toMatchFileSnapshot(`${rendered}/middle.told.comment.md`);
});

test("the terminal in colour", async () => {
  const text = renderTerminal(fixture("middle"), { colour: true, width: 100 });
  await expect(text).toMatchFileSnapshot(`${rendered}/middle.ansi`);
});
