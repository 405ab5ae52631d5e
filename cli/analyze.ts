import { analyzeDeclaration } from "../actions/analyze/declaration.ts";
import { analyzeInputs } from "../actions/analyze/inputs.ts";
import { learnedSentence, learnFromPast } from "../actions/analyze/learn.ts";
import { portsOfProcess } from "../actions/analyze/ports.ts";
import { type AnalyzePorts, runAnalyze } from "../actions/analyze/run.ts";
import { telemetryFor } from "../actions/analyze/telemetry.ts";
import { printable } from "../actions/io.ts";
import type { Verdict } from "../core/analysis/verdict.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { renderVerdictComment } from "../core/render/verdict/markdown.ts";
import { renderVerdictTerminal } from "../core/render/verdict/terminal.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { documentText } from "./document.ts";
import { policyHere } from "./policy-here.ts";
import type { Terminal } from "./terminal.ts";

/** `analyze` on this machine: its policy is that of the folder as it stands. */
export async function run(words: string[], terminal: Terminal): Promise<number> {
  if (words[0] === "tune") return (await import("./tune.ts")).run(words.slice(1), terminal);
  const argument = readArguments(analyzeDeclaration, words, true);
  const [action, ...rest] = argument.positionals;
  if (rest.length > 0 || (action !== undefined && action !== "learn"))
    throw new UserError(
      "usage",
      `analyze: "${printable(action ?? "")}" is nothing to do. Say nothing to compare, learn, or tune.`,
      exitCodes.usage,
    );
  const inputs = analyzeInputs(argument.value);
  const resolved = await policyHere(argument);
  const { close, ...ports } = portsOfProcess(argument.value("out"));
  const running: AnalyzePorts = {
    ...ports,
    resolved,
    telemetry: telemetryFor(resolved.configuration, inputs.telemetryUrl, terminal.environment),
    progress: (line) => terminal.note(line),
    summary: async () => undefined,
  };
  try {
    if (action === "learn") {
      const learned = await learnFromPast(inputs, running);
      for (const warning of learned.warnings) terminal.note(`adaptive-deploy: ${warning}`);
      terminal.out(`${learnedSentence(learned)}\n`);
      return exitCodes.go;
    }
    const { verdict, outputs, exitCode } = await runAnalyze(inputs, running);
    show(verdict, argument, terminal);
    terminal.note(`adaptive-deploy: the report is ${outputs.report}`);
    return exitCode;
  } finally {
    close();
  }
}

function show(verdict: Verdict, argument: Arguments, terminal: Terminal): void {
  if (argument.flag("json")) terminal.out(documentText(verdict));
  else if (argument.flag("markdown")) terminal.out(renderVerdictComment(verdict));
  else terminal.out(renderVerdictTerminal(verdict, { colour: terminal.colour, width: terminal.width }));
}
