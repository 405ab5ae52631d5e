import type { GitHubClient } from "../../adapters/github/client.ts";
import { type Proposal, type Proposed, propose } from "../../adapters/github/proposal.ts";
import { bundleWith, type OwnFolder, ownFolder } from "../../adapters/policy/own-folder.ts";
import { modelCard } from "../../core/learning/card.ts";
import { modelImpact } from "../../core/learning/model-impact.ts";
import type { Dataset } from "../../core/learning/sample.ts";
import { type Learnt, worthProposing } from "../../core/learning/worth.ts";
import { modelDocument } from "../../core/model/file.ts";
import { renderModelCard } from "../../core/render/model/card.ts";
import { renderModelProposal } from "../../core/render/model/proposal.ts";
import { backtestFor } from "./backtest.ts";

export type Learning = {
  /** Folder of the checkout, at the default branch's head. */
  root: string;
  dataset: Dataset;
  /** Text of the `model.json` that was learnt. */
  model: string;
  /** Whose thresholds the backtest goes by. */
  environment: string;
  /** Hears how far the backtest is. */
  note: (sentence: string) => void;
};

/** What a model needs to come as a pull request: its file and card, and the text that a person decides by. */
export async function modelProposal({
  root,
  dataset,
  model,
  ...asked
}: Learning): Promise<Proposal | { nothing: string }> {
  const own = await ownFolder(root);
  const learnt = modelDocument.parse(JSON.parse(model));
  const merged = mergedModel(own);
  const worth = worthProposing(learnt, merged);
  if (!worth.propose) return { nothing: why[worth.because] };
  const card = modelCard(learnt, dataset);
  const files = { "model.json": model, "model-card.md": renderModelCard(card) };
  const policy = bundleWith(own);
  const impact = modelImpact(dataset, policy, bundleWith(own, files));
  const backtest = backtestFor({ ...asked, dataset, policy });
  const text = renderModelProposal({ card, merged, because: worth.because, impact, backtest });
  const placed = Object.entries(files).map(([name, content]) => [`${own.folder}/${name}`, content]);
  return { kind: "model", files: Object.fromEntries(placed), ...text };
}

export async function proposeModel(
  client: GitHubClient,
  repository: string,
  learning: Learning,
): Promise<Proposed | { outcome: "nothing"; sentence: string }> {
  const proposal = await modelProposal(learning);
  if ("nothing" in proposal) return { outcome: "nothing", sentence: proposal.nothing };
  return propose(client, repository, proposal);
}

const why = {
  "same-data": "The merged model has learnt from exactly these changes.",
  "no-better": "It has learnt from nothing newer than the merged model has, and does no better.",
};

/** One that cannot be read, or was trained elsewhere, is as none: what replaces it is looked at all the same. */
function mergedModel({ files }: OwnFolder): Learnt | undefined {
  const text = files.get("model.json");
  if (text === undefined) return undefined;
  try {
    return modelDocument.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
