import { resolve } from "node:path";
import { collectDeclaration } from "../actions/collect/declaration.ts";
import { historyOfCheckout, runCollect } from "../actions/collect/run.ts";
import { exitCodes } from "../core/errors.ts";
import { readArguments } from "./arguments.ts";
import { writeText } from "./document.ts";
import { readGlobs } from "./globs.ts";
import type { Terminal } from "./terminal.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(collectDeclaration, words);
  const folder = argument.value("repo");
  const { facts, buildInfo, problems } = await runCollect({
    folder,
    head: argument.value("head"),
    ...(argument.given("base") ? { base: argument.value("base") } : {}),
    reports: readGlobs(argument.value("reports")),
    artifacts: readGlobs(argument.value("artifacts")),
    trusted: true,
  });
  for (const problem of problems) terminal.note(`adaptive-deploy: ${problem}`);
  const documents: Record<string, unknown> = { "risk-inputs.json": facts, "build-info.json": buildInfo };
  if (argument.flag("history"))
    documents["history.json"] = await historyOfCheckout(folder, argument.value("head"), facts);
  for (const [name, document] of Object.entries(documents)) {
    const path = resolve(argument.value("out"), name);
    await writeText(path, `${JSON.stringify(document, null, 2)}\n`);
    terminal.out(`${path}\n`);
  }
  return exitCodes.go;
}
