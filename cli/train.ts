import { createHash } from "node:crypto";
import { recordsInFile } from "../adapters/models/table-file.ts";
import { exitCodes } from "../core/errors.ts";
import { documentOf } from "../core/model/file.ts";
import { historyOf } from "../core/model/history-of.ts";
import { type History, learn } from "../core/model/learn.ts";
import { plain } from "../core/render/escape.ts";
import { readArguments } from "./arguments.ts";
import { writeText } from "./document.ts";
import type { Terminal } from "./terminal.ts";
import { trainDeclaration } from "./train-declaration.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(trainDeclaration, words);
  const records = await recordsInFile(argument.value("csv"));
  const exclude = argument
    .value("exclude")
    .split(",")
    .map((name) => name.trim());
  const time = argument.value("time");
  const { history, left, unlabelled } = historyOf(records, { time, label: argument.value("label"), exclude });
  if (left.length > 0)
    terminal.note(
      `Not learnt from, for they hold no numbers that differ: ${left.map((name) => plain(name, 60)).join(", ")}.`,
    );
  if (unlabelled > 0) terminal.note(`${unlabelled} changes have no label and are left out.`);
  const model = learn(history);
  const path = argument.value("out");
  await writeText(path, `${JSON.stringify(documentOf(model, { trained: trainedOn(history), time }))}\n`);
  const { rows, failures } = trainedOn(history);
  terminal.note(`${plain(path, 200)}: learnt from ${rows} changes, of which ${failures} failed.`);
  return exitCodes.go;
}

function trainedOn({ table, labels, times }: History) {
  const hash = createHash("sha256").update(JSON.stringify(table.names));
  for (const column of [...table.columns, times, labels]) hash.update(column);
  const day = (at: number | undefined): string => new Date((at ?? 0) * 1000).toISOString();
  return {
    rows: table.rows,
    failures: labels.reduce((sum, label) => sum + label, 0),
    from: day(times[0]),
    to: day(times.at(-1)),
    data: hash.digest("hex"),
  };
}
