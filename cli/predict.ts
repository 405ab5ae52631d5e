import { modelInFile } from "../adapters/models/model-file.ts";
import { recordsInFile } from "../adapters/models/table-file.ts";
import { exitCodes } from "../core/errors.ts";
import { csvRow } from "../core/evidence/csv.ts";
import { asked } from "../core/model/asked.ts";
import { explained, margins, probabilityOf } from "../core/model/predict.ts";
import { readArguments } from "./arguments.ts";
import { writeText } from "./document.ts";
import { lineOutput } from "./lines.ts";
import { predictDeclaration } from "./predict-declaration.ts";

export async function run(words: string[]): Promise<number> {
  const argument = readArguments(predictDeclaration, words);
  const model = await modelInFile(argument.value("model"));
  const { table, lineOf } = asked(await recordsInFile(argument.value("csv")), model);
  const odds = margins(model, table);
  const why = argument.flag("explain") ? explained(model, table) : null;
  const names = why === null ? [] : [...why.names.map((name) => `phi_${name}`), "phi_bias"];
  const lines = [csvRow(["probability", ...names]).trimEnd()];
  for (const row of lineOf) {
    const phis = why === null ? [] : [...(why.rows[row] ?? []), why.bias];
    lines.push([probabilityOf(odds[row] ?? Number.NaN), ...phis].join(","));
  }
  await written(argument.value("out"), lines);
  return exitCodes.go;
}

async function written(path: string, lines: readonly string[]): Promise<void> {
  if (path !== "-") return writeText(path, `${lines.join("\n")}\n`);
  const output = lineOutput();
  for (const line of lines) await output.write(line);
  await output.end();
}
