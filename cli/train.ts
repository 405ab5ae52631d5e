import { modelInFile } from "../adapters/models/model-file.ts";
import { recordsInFile } from "../adapters/models/table-file.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { asideColumns, knownColumn } from "../core/learning/changes-csv.ts";
import type { Records } from "../core/model/columns/records.ts";
import { documentOf } from "../core/model/file.ts";
import { historyOf } from "../core/model/history-of.ts";
import { laterOutcomes } from "../core/model/later-outcomes.ts";
import { type Learnt, learn } from "../core/model/learn.ts";
import { learntDocument } from "../core/model/learnt-document.ts";
import type { ReadModel } from "../core/model/model-in.ts";
import { recalibrated } from "../core/model/recalibrated.ts";
import { plain } from "../core/render/escape.ts";
import { readArguments } from "./arguments.ts";
import { writeText } from "./document.ts";
import type { Terminal } from "./terminal.ts";
import { trainDeclaration } from "./train-declaration.ts";

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(trainDeclaration, words);
  const records = await recordsInFile(argument.value("csv"));
  const [time, label] = [argument.value("time"), argument.value("label")];
  const path = argument.value("out");
  const kept = argument.value("recalibrate");
  if (kept !== "") return putRight(await modelInFile(kept), records, { time, label, path, terminal });
  const aside = records.head.filter((name) => asideColumns.includes(name) && name !== time && name !== label);
  if (aside.length > 0)
    terminal.note(`Not learnt from, for they are no facts of a change: ${aside.join(", ")}.`);
  const excluded = argument.value("exclude").split(",");
  const exclude = [...aside, ...excluded.map((name) => name.trim())];
  const { history, left, unlabelled } = historyOf(records, { time, label, known: knownColumn, exclude });
  if (left.length > 0)
    terminal.note(
      `Not learnt from, for they hold no numbers that differ: ${left.map((name) => plain(name, 60)).join(", ")}.`,
    );
  if (unlabelled > 0) terminal.note(`${unlabelled} changes have no label and are left out.`);
  const model = learn(history);
  const document = learntDocument(model, history, { time });
  await writeText(path, `${JSON.stringify(document)}\n`);
  const { rows, failures } = document.trained;
  terminal.note(`${plain(path, 200)}: learnt from ${rows} changes, of which ${failures} failed.`);
  for (const sentence of remarksOn(model)) terminal.note(sentence);
  return exitCodes.go;
}

type Asked = { time: string; label: string; path: string; terminal: Terminal };

async function putRight(
  { trained, time: _, proof, ...model }: ReadModel,
  records: Records,
  { time, label, path, terminal }: Asked,
): Promise<number> {
  if (trained === undefined)
    throw new UserError(
      "bad-model",
      "A model that was trained elsewhere does not say until when; --recalibrate takes one that `train` or `learn` wrote.",
      exitCodes.badInput,
    );
  const outcomes = laterOutcomes(records, { ...model, trained }, { time, label });
  const document = documentOf(recalibrated(model, outcomes), { trained, time, proof });
  await writeText(path, `${JSON.stringify(document)}\n`);
  terminal.note(`${plain(path, 200)}: put right by ${outcomes.length} outcomes that came later.`);
  return exitCodes.go;
}

/** What somebody who trusts it should know. */
function remarksOn({ priorShare, proof, linesAddedOnly }: Learnt): string[] {
  const remarks: string[] = [];
  if (priorShare === 1)
    remarks.push(
      "Too few failures are known to grow trees: it goes by the shipped prior, a line through ranks.",
    );
  if (priorShare === 0)
    remarks.push("The shipped prior knows none of its columns: it goes by its own history alone.");
  if (linesAddedOnly)
    remarks.push(
      "On its newest changes all columns together did worse than lines added alone: it goes by lines added.",
    );
  if (proof === undefined) remarks.push("Too little is known of the newest changes to prove how good it is.");
  return remarks;
}
