import { linesOfFile } from "../adapters/files/lines.ts";
import { localPolicy } from "../adapters/policy/folder.ts";
import { parseFacts } from "../adapters/readers/given.ts";
import { derivedOnce } from "../core/change/derive.ts";
import { exitCodes } from "../core/errors.ts";
import { defaultEnvironment } from "../core/policy/environment.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { thresholdsFor } from "../core/policy/scope.ts";
import { heardOf } from "../core/risk/by-model.ts";
import { scoreFacts, shownScore } from "../core/risk/score.ts";
import { readArguments } from "./arguments.ts";
import { lineOutput } from "./lines.ts";
import { scoreDeclaration } from "./score-declaration.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], _terminal: Terminal): Promise<number> {
  const argument = readArguments(scoreDeclaration, words);
  const path = argument.value("inputs");
  const policy = await localPolicy(argument.value("policy"));
  const output = lineOutput();
  for await (const line of linesOfFile(path, "bad-facts", "facts-not-found"))
    await output.write(scoreLine(line.text, line.where, policy));
  await output.end();
  return exitCodes.go;
}

/** Facts as measured are derived first. Numbers only: score and reference unrounded, so that they rank and sum exactly; and what the policy's model says. */
function scoreLine(text: string, where: string, policy: PolicyBundle): string {
  const facts = derivedOnce(parseFacts(text, where), policy);
  const score = scoreFacts(facts, policy.weights);
  const environment = facts.service?.environment ?? defaultEnvironment;
  const rules = thresholdsFor(policy.thresholds, {
    service: facts.service?.name ?? "repository",
    environment,
  });
  const heard = heardOf(facts, policy, rules.model, shownScore(score.score));
  return JSON.stringify({
    schema_version: 1,
    risk_score: score.score,
    reference_score: score.reference,
    contributors: score.contributors.map(({ name, value, points }) => ({ name, value, points })),
    unknowns: score.unknowns.map(({ name, worst }) => ({ name, worst })),
    worst_score: score.worst,
    ...(heard ? { model: heard.answer } : {}),
  });
}
