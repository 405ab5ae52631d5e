import { describe, expect, test } from "vitest";
import { renderVerdictComment, renderVerdictSummary } from "../../../../core/render/verdict/markdown.ts";
import { metricPlot, plotSvg } from "../../../../core/render/verdict/plots/svg.ts";
import { progressLine } from "../../../../core/render/verdict/progress.ts";
import { renderVerdictReport } from "../../../../core/render/verdict/report.ts";
import { lengthWords } from "../../../../core/render/verdict/sentences.ts";
import { renderVerdictTerminal } from "../../../../core/render/verdict/terminal.ts";
import { verdictFixture, verdictNames } from "./fixtures.ts";

const rendered = "../../../fixtures/rendered/verdicts";

test("there is a fixture for every answer", () => {
  expect(new Set(verdictNames.map((name) => verdictFixture(name).verdict))).toEqual(
    new Set(["promote", "slow", "hold", "rollback"]),
  );
});

describe.each(verdictNames)("%s", (name) => {
  const verdict = verdictFixture(name);

  test("comment", async () => {
    await expect(renderVerdictComment(verdict)).toMatchFileSnapshot(`${rendered}/${name}.comment.md`);
  });

  test("summary", async () => {
    await expect(renderVerdictSummary(verdict)).toMatchFileSnapshot(`${rendered}/${name}.summary.md`);
  });

  test("terminal, after the lines of its windows", async () => {
    const lines = Array.from({ length: verdict.at_window }, (_, index) => progressLine(verdict, index + 1));
    const text = `${lines.join("\n")}\n\n${renderVerdictTerminal(verdict)}`;
    await expect(text).toMatchFileSnapshot(`${rendered}/${name}.txt`);
  });

  test("report", async () => {
    await expect(renderVerdictReport(verdict)).toMatchFileSnapshot(`${rendered}/${name}.html`);
  });

  test("picture of the deciding metric", async () => {
    const [deciding] = verdict.metrics;
    if (!deciding) throw new Error("The fixture has no metric.");
    const options = verdict.weights ? { weights: verdict.weights } : {};
    const svg = plotSvg(metricPlot(deciding, lengthWords(verdict), options));
    await expect(svg).toMatchFileSnapshot(`${rendered}/${name}.svg`);
  });
});

test("the terminal in colour", async () => {
  const text = renderVerdictTerminal(verdictFixture("rollback-evidence"), { colour: true, width: 100 });
  await expect(text).toMatchFileSnapshot(`${rendered}/rollback-evidence.ansi`);
});
