import { gitHistory } from "../../adapters/git/history.ts";
import { casesOf } from "../../core/backtest/cases.ts";
import { type ModelCard, modelCard } from "../../core/learning/card.ts";
import { changesCsv } from "../../core/learning/changes-csv.ts";
import type { Delay } from "../../core/learning/delay.ts";
import type { Dataset } from "../../core/learning/sample.ts";
import type { ModelDocument } from "../../core/model/file.ts";
import { learn } from "../../core/model/learn.ts";
import { learntDocument } from "../../core/model/learnt-document.ts";
import { renderModelCard } from "../../core/render/model/card.ts";
import { type LabelInputs, type LabelPorts, readLabels } from "./labels.ts";

export type Learnt = {
  dataset: Dataset;
  card: ModelCard;
  delay: Delay;
  /** Text of `model.json`. */
  model: string;
  /** Every file by its name, that one too. */
  documents: Record<string, string>;
};

/** Labels, a model of them, and what `decide` reads of the past. */
export async function runLearn(inputs: LabelInputs, ports: LabelPorts): Promise<Learnt> {
  const { walk, dataset, delay } = await readLabels(inputs, ports);
  const { weights } = ports.policy;
  const summary = await gitHistory({
    ...{ repository: ports.repository, base: walk.head },
    rules: { notCounted: weights["not-counted"], counted: weights.counted },
  });
  const document = modelFrom(dataset);
  const card = modelCard(document, dataset);
  const model = `${JSON.stringify(document)}\n`;
  const documents = {
    "model.json": model,
    "model-card.md": renderModelCard(card),
    "history.json": `${JSON.stringify({ ...summary, files: walk.files })}\n`,
    "changes.csv": changesCsv(dataset),
  };
  return { dataset, card, delay, model, documents };
}

function modelFrom(dataset: Dataset): ModelDocument {
  const history = casesOf(dataset);
  const { head, digest: data, samples } = dataset;
  const document = learntDocument(learn(history), history, { head, data });
  const failures = samples.flatMap(({ label }) => (label.went === "failed" ? [label.because] : []));
  const isRolledBack = failures.length > 0 && failures.every((because) => because === "rolled-back");
  if (isRolledBack) document.trained.outcome = "rolled-back";
  return document;
}
