import "../once.ts";
import * as toolkit from "@actions/core";
import { runnerSaysTrusted } from "../../adapters/github/event.ts";
import { activePolicy } from "../../adapters/github/policy-source.ts";
import { exitCodes } from "../../core/errors.ts";
import { plain, terminalLines } from "../../core/render/escape.ts";
import { endWith, inputsOf, tokenOf } from "../runner.ts";
import { analyzeDeclaration } from "./declaration.ts";
import { analyzeInputs } from "./inputs.ts";
import { learnedSentence, learnFromPast } from "./learn.ts";
import { portsOfProcess } from "./ports.ts";
import { type AnalyzePorts, runAnalyze } from "./run.ts";
import { environmentOfStep, telemetryFor } from "./telemetry.ts";

await endWith(toolkit, async () => {
  const input = inputsOf(toolkit, analyzeDeclaration);
  const inputs = analyzeInputs(input);
  const token = tokenOf(toolkit);
  const telemetryToken = toolkit.getInput("telemetry-token");
  if (telemetryToken) toolkit.setSecret(telemetryToken);
  const environment = environmentOfStep(process.env, inputs, telemetryToken);
  const { getOctokit } = await import("@actions/github");
  const [owner = "", name = ""] = (process.env.GITHUB_REPOSITORY ?? "").split("/");
  const wanted = input("policy");
  const asked = wanted ? { name: wanted, trusted: await runnerSaysTrusted(process.env) } : undefined;
  const resolved = await activePolicy(getOctokit(token), { owner, name }, asked);
  const { close, ...ports } = portsOfProcess(input("out"));
  const running: AnalyzePorts = {
    ...ports,
    resolved,
    telemetry: telemetryFor(resolved.configuration, inputs.telemetryUrl, environment),
    progress: (line) => toolkit.info(terminalLines(line)),
    summary: async (markdown) => {
      if (process.env.GITHUB_STEP_SUMMARY) await toolkit.summary.addRaw(markdown).write();
    },
  };
  try {
    if (input("mode") === "learn") {
      const learned = await learnFromPast(inputs, running);
      for (const warning of learned.warnings) toolkit.warning(plain(warning, 400));
      toolkit.setOutput("history", learned.history);
      toolkit.info(learnedSentence(learned));
      return exitCodes.go;
    }
    const { verdict, outputs, exitCode } = await runAnalyze(inputs, running);
    for (const [output, value] of Object.entries(outputs)) toolkit.setOutput(output, value);
    for (const warning of verdict.warnings) toolkit.warning(plain(warning, 400));
    toolkit.info(`${verdict.verdict} after window ${verdict.at_window}: ${plain(verdict.reason, 400)}`);
    return exitCode;
  } finally {
    close();
  }
});
