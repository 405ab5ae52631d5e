import { pastRolloutsOfFile, rolloutLines } from "../adapters/files/rollouts.ts";
import { localPolicy } from "../adapters/policy/folder.ts";
import { defaultMetric } from "../core/analysis/default-metric.ts";
import { type Judge, judgeOf } from "../core/analysis/judge.ts";
import { learn } from "../core/analysis/learnt.ts";
import type { Measurements } from "../core/analysis/measurements.ts";
import { nothingPast } from "../core/analysis/past-rollouts.ts";
import { analysisPolicyOf } from "../core/analysis/policy-of.ts";
import { rolloutsOf } from "../core/analysis/rollouts-of.ts";
import { exitCodes } from "../core/errors.ts";
import { judges } from "../core/policy/schema/analysis.ts";
import type { Thresholds } from "../core/policy/schema.ts";
import { thresholdsFor } from "../core/policy/scope.ts";
import { readArguments } from "./arguments.ts";
import { judgeDeclaration } from "./judge-declaration.ts";
import { lineOutput } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(judgeDeclaration, words);
  const bundle = await localPolicy(argument.value("policy"));
  const scope = { service: argument.value("service"), environment: argument.value("environment") };
  const thresholds = thresholdsFor(bundle.thresholds, scope);
  const policy = analysisPolicyOf(askedFor(thresholds, argument.given("judge")), defaultMetric);
  const history = argument.given("history");
  const past = history === undefined ? nothingPast : await pastRolloutsOfFile(history);
  for (const warning of past.warnings) terminal.note(`adaptive-deploy: ${warning}`);
  const judge = judgeOf(policy, learn(past.rollouts, policy));
  const output = lineOutput();
  for await (const rollout of rolloutsOf(rolloutLines(argument.value("cases"))))
    await output.write(judgedLine(rollout, judge));
  await output.end();
  return exitCodes.go;
}

/** The judge that is named, before the one that policy names. */
function askedFor(thresholds: Thresholds, asked: string | undefined): Thresholds {
  const judge = judges.find((name) => name === asked);
  return judge === undefined ? thresholds : { ...thresholds, analysis: { ...thresholds.analysis, judge } };
}

function judgedLine(rollout: Measurements, judge: Judge): string {
  const { verdict, atWindow, reason, sentence } = judge(rollout);
  return JSON.stringify({
    id: rollout.id,
    verdict,
    at_window: atWindow,
    reason: `${reason}: ${sentence}`,
  });
}
