import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { printable } from "../actions/io.ts";
import { pastRolloutsOfFile } from "../adapters/files/rollouts.ts";
import { localPolicy } from "../adapters/policy/folder.ts";
import { metricPolicies } from "../core/analysis/metric-policy-of.ts";
import { analysisPolicyOf, rulePolicyOf } from "../core/analysis/policy-of.ts";
import { metricsOf } from "../core/analysis/service-metrics.ts";
import { rulesJudge } from "../core/analysis/tune/rules-judge.ts";
import { type Tuning, tuningOf } from "../core/analysis/tune/tuning.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { thresholdsFor } from "../core/policy/scope.ts";
import { renderTuningMarkdown } from "../core/render/tune/markdown.ts";
import { tradeOffPlot } from "../core/render/tune/plot.ts";
import { renderTuningReport } from "../core/render/tune/report.ts";
import { renderTuningTerminal } from "../core/render/tune/terminal.ts";
import { plotSvg } from "../core/render/verdict/plots/svg.ts";
import { readArguments } from "./arguments.ts";
import { documentText, writeText } from "./document.ts";
import type { Terminal } from "./terminal.ts";
import { tuneDeclaration } from "./tune-declaration.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(tuneDeclaration, words);
  const rates = ratesOf(argument.value("false-alarms"));
  const bundle = await localPolicy(argument.value("policy"));
  const scope = { service: argument.value("service"), environment: argument.value("environment") };
  const telemetry = bundle.services?.services.find(({ name }) => name === scope.service)?.telemetry;
  const { metrics } = metricsOf(telemetry ?? {}, bundle.queries);
  const known = new Map(metrics.map(({ name, metric }) => [name, metric] as const));
  const thresholds = thresholdsFor(bundle.thresholds, scope);
  const policy = analysisPolicyOf(thresholds, metricPolicies(known));
  const rules = rulesJudge(policy, rulePolicyOf(thresholds, bundle), known, scope);
  const { rollouts: history, warnings } = await pastRolloutsOfFile(argument.value("history"));
  for (const warning of warnings) terminal.note(`adaptive-deploy: ${warning}`);
  if (history.length < fewestRollouts)
    throw new UserError(
      "nothing-to-tune",
      `tune: ${history.length} past rollouts are too few to judge each by the others. Give at least ${fewestRollouts}; \`adaptive-deploy analyze learn\` makes them of stable's own past.`,
      exitCodes.badInput,
    );
  const steps = tuningOf(history, policy, rates, rules);
  let step = steps.next();
  for (; !step.done; step = steps.next()) terminal.note(`adaptive-deploy: ${step.value}`);
  const tuning = step.value;
  const out = argument.given("out");
  if (out !== undefined) await writeAll(out, tuning, terminal);
  if (argument.flag("json")) terminal.out(documentText(tuning));
  else if (argument.flag("markdown")) terminal.out(renderTuningMarkdown(tuning));
  else terminal.out(renderTuningTerminal(tuning, { colour: terminal.colour, width: terminal.width }));
  return exitCodes.go;
}

const fewestRollouts = 5;
const mostRates = 10;

/** "0.5,1,2" in percent, as shares. */
function ratesOf(text: string): number[] {
  const rates = text
    .split(",")
    .filter((part) => part.trim())
    .map(Number);
  if (rates.length > mostRates || !rates.every((rate) => rate >= 0.01 && rate <= 50))
    throw new UserError(
      "usage",
      `tune: --false-alarms "${printable(text)}" has to be up to ${mostRates} percentages from 0.01 to 50, with commas between them.`,
      exitCodes.usage,
    );
  return rates.map((rate) => rate / 100);
}

async function writeAll(folder: string, tuning: Tuning, terminal: Terminal): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(() => undefined);
  await writeText(join(folder, "tuning.json"), documentText(tuning));
  await writeText(join(folder, "tuning.md"), renderTuningMarkdown(tuning));
  await writeText(join(folder, "tuning.svg"), plotSvg(tradeOffPlot(tuning)));
  await writeText(join(folder, "report.html"), renderTuningReport(tuning));
  terminal.note(`adaptive-deploy: the report is ${join(folder, "report.html")}`);
}
