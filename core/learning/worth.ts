import type { ModelDocument } from "../model/file.ts";

export type Learnt = Pick<ModelDocument, "trained" | "proof">;

/** Why a model that was just learnt is proposed, or why it is not. */
export type Worth =
  | { propose: true; because: "first" | "newer" | "better" }
  | { propose: false; because: "same-data" | "no-better" };

/**
 * A model is worth a person's look where it is the first, has learnt from changes that the merged one has not, or does
 * better by its own proof. Newer ones are proposed even where they do a little worse, and say so: the merged one grows
 * stale, and figures on two newest parts are not quite of one kind.
 */
export function worthProposing(learnt: Learnt, merged: Learnt | undefined): Worth {
  if (merged === undefined) return { propose: true, because: "first" };
  if (isLater(learnt, merged)) return { propose: true, because: "newer" };
  const [ours, theirs] = [learnt.proof, merged.proof];
  if (ours !== undefined && (theirs === undefined || ours.auc > theirs.auc))
    return { propose: true, because: "better" };
  const isSame = learnt.trained.data === merged.trained.data;
  return { propose: false, because: isSame ? "same-data" : "no-better" };
}

/** Times may be of any form that a table had; those that are none are compared as words. */
function isLater({ trained: { to } }: Learnt, { trained: { to: before } }: Learnt): boolean {
  const [now, then] = [Date.parse(to), Date.parse(before)];
  return Number.isNaN(now) || Number.isNaN(then) ? to > before : now > then;
}
