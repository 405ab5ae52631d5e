import { auc } from "../stats/auc.ts";
import type { Proof } from "./file.ts";
import { calibrate } from "./fit/calibrate.ts";
import { halfway } from "./fit/calibration.ts";
import { type Prior, shippedPrior } from "./prior.ts";
import { type HeldOut, heldOut } from "./proof/held-out.ts";
import { aucOfColumn, proofOf } from "./proof/proof.ts";
import { standingOf } from "./proof/standing.ts";
import { type History, type Taught, taught } from "./teach.ts";

export type { History } from "./teach.ts";

export type Learnt = Taught & {
  /** Absent where too little is known of the newest changes to prove anything. */
  proof?: Proof;
  /** Whether it goes by lines added alone, since all its columns together did worse. */
  linesAddedOnly: boolean;
};

/** What makes it worse than lines added: more than chance often brings. */
const mostBelow = 0.01;

/**
 * A model of a project's own history, put right and proved on the newest part by one that was taught with the older part alone, then
 * taught with the whole.
 */
export function learn(history: History, prior: Prior = shippedPrior): Learnt {
  const all = heldOut(history, prior);
  const linesAddedOnly = all !== null && isBelowLinesAdded(all, history);
  const only = linesAddedOnly ? ["la"] : undefined;
  const held = linesAddedOnly ? heldOut(history, prior, only) : all;
  const model = taught(history, prior, only);
  if (held === null) {
    const standing = standingOf(model, history, { prior, only, calibration: model.calibration });
    return { ...model, standing, linesAddedOnly };
  }
  const { logOdds, labels } = held;
  const { calibration: needed, unseen } = calibrate({ logOdds, labels, weights: logOdds.map(() => 1) });
  // From these outcomes the model itself has learnt since: the other half of what was wrong is right already.
  const calibration = halfway(needed);
  return {
    ...model,
    calibration,
    standing: standingOf(model, history, { prior, only, calibration }),
    proof: proofOf(held, unseen, history.table),
    linesAddedOnly,
  };
}

function isBelowLinesAdded({ rows, logOdds, labels }: HeldOut, { table }: History): boolean {
  const linesAdded = aucOfColumn("la", table, rows, labels);
  return linesAdded !== null && auc(logOdds, labels) < linesAdded - mostBelow;
}
