import type { Verdict } from "../../core/analysis/verdict.ts";
import type { ExitCode } from "../../core/errors.ts";
import { exitCodes } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { renderVerdictComment, renderVerdictSummary } from "../../core/render/verdict/markdown.ts";
import { metricPlot, plotSvg } from "../../core/render/verdict/plots/svg.ts";
import { renderVerdictReport } from "../../core/render/verdict/report.ts";
import { lengthWords } from "../../core/render/verdict/sentences.ts";
import type { AnalyzeInputs } from "./inputs.ts";

/** Writes a document below the folder of the run and answers with its path. */
export type Write = (name: string, text: string) => Promise<string>;

const mostPlots = 100;

/** Everything that a verdict is kept as; answers with the outputs. */
export async function writeVerdict(
  verdict: Verdict,
  ports: { write: Write; summary(markdown: string): Promise<void> },
): Promise<Record<string, string>> {
  const json = await ports.write("verdict.json", `${JSON.stringify(verdict, null, 2)}\n`);
  const markdown = await ports.write("verdict.md", renderVerdictComment(verdict));
  const report = await ports.write("report.html", renderVerdictReport(verdict));
  for (const [index, metric] of verdict.metrics.slice(0, mostPlots).entries())
    await ports.write(
      `plots/${fileName(metric.name, index)}.svg`,
      plotSvg(metricPlot(metric, lengthWords(verdict), optional("weights", verdict.weights))),
    );
  await ports.summary(renderVerdictSummary(verdict));
  return {
    verdict: verdict.verdict,
    "reason-code": verdict.reason_code,
    "at-window": String(verdict.at_window),
    "verdict-json": json,
    "verdict-markdown": markdown,
    report,
    plots: json.replace(/verdict\.json$/, "plots"),
  };
}

/** Names come from outside: what is no plain letter, digit or sign becomes a dash, and a number keeps them apart. */
function fileName(name: string, index: number): string {
  return `${index + 1}-${name.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60)}`;
}

const severity = { promote: 0, slow: 1, hold: 2, rollback: 3 } as const;

/** A rollback is blocked; a slow or hold that fails the step waits for somebody. */
export function exitCodeOfVerdict(verdict: Verdict["verdict"], failOn: AnalyzeInputs["failOn"]): ExitCode {
  if (failOn === "never" || severity[verdict] < severity[failOn]) return exitCodes.go;
  return verdict === "rollback" ? exitCodes.blocked : exitCodes.needsApproval;
}
