import { localPolicy } from "../adapters/policy/folder.ts";
import { type Analyzer, analyzer } from "../core/analysis/analyzer.ts";
import { defaultMetric } from "../core/analysis/default-metric.ts";
import { learn } from "../core/analysis/learnt.ts";
import type { Measurements } from "../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../core/analysis/policy-of.ts";
import { readMeasurements } from "../core/analysis/read-measurements.ts";
import { exitCodes } from "../core/errors.ts";
import { thresholdsFor } from "../core/policy/scope.ts";
import { readArguments } from "./arguments.ts";
import { judgeDeclaration } from "./judge-declaration.ts";
import { lineOutput, linesOfFile } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], _terminal: Terminal): Promise<number> {
  const argument = readArguments(judgeDeclaration, words);
  const bundle = await localPolicy(argument.value("policy"));
  const scope = { service: argument.value("service"), environment: argument.value("environment") };
  const policy = analysisPolicyOf(thresholdsFor(bundle.thresholds, scope), defaultMetric);
  const history = argument.given("history");
  const judge = analyzer(policy, learn(history === undefined ? [] : await rolloutsOf(history), policy));
  const output = lineOutput();
  for await (const { text, where } of linesOfFile(argument.value("cases"), ...reasons))
    await output.write(judgedLine(readMeasurements(text, where), judge));
  await output.end();
  return exitCodes.go;
}

const reasons = ["bad-measurements", "measurements-not-found"] as const;

async function rolloutsOf(path: string): Promise<Measurements[]> {
  const rollouts: Measurements[] = [];
  for await (const { text, where } of linesOfFile(path, ...reasons))
    rollouts.push(readMeasurements(text, where));
  return rollouts;
}

function judgedLine(rollout: Measurements, { judge }: Analyzer): string {
  const { verdict, atWindow, reason, sentence } = judge(rollout);
  return JSON.stringify({
    id: rollout.id,
    verdict,
    at_window: atWindow,
    reason: `${reason}: ${sentence}`,
  });
}
