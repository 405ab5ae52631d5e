import { expect, test } from "vitest";
import { type Moved, namelessChange } from "../../../core/decision/impact.ts";
import { renderImpact } from "../../../core/render/impact.ts";

const moved = (subject: string, score: number): Moved => ({
  subject,
  from: "rolling",
  to: "canary",
  scoreBefore: score - 1,
  scoreAfter: score,
});
const shares = { changes: 4, before: { rolling: 4 }, after: { rolling: 1, canary: 3 } };

test("changes that nobody can name are counted by the way they moved, with their scores", () => {
  const text = renderImpact({
    ...shares,
    moved: [moved(namelessChange, 40), moved(namelessChange, 31), moved("#7 A title", 35)],
  });
  expect(text).toContain("\nMoved:\n      3  rolling → canary, scores 31 to 40\n");
  expect(text).toContain("\nEach of them:\n  #7 A title: 34 → 35, rolling → canary\n");
  expect(text).not.toContain(namelessChange);
});

test("one score is no range, and nothing moved is no list", () => {
  expect(renderImpact({ ...shares, moved: [moved("#7", 35)] })).toContain(
    "      1  rolling → canary, score 35\n",
  );
  expect(renderImpact({ ...shares, moved: [] })).not.toContain("Moved");
});

test("the names of thirty are listed, of more the rest is counted; a title cannot colour the terminal", () => {
  const text = renderImpact({
    ...shares,
    moved: Array.from({ length: 40 }, () => moved("\u001b[31m#1", 35)),
  });
  expect(text).toContain("\n  and 10 more\n");
  expect(text).not.toContain("\u001b");
});
