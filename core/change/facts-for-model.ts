import * as z from "zod";

/** What a model asks beside the change itself. */

const amount = z.number().nonnegative().nullish();
const count = z.int().nonnegative().nullish();

/** What the touched files that count have behind them; a new file has nothing. */
export const pastOfFiles = z.strictObject({
  /** Mean of the lines that they had. */
  lines_before: amount,
  /** People, robots not counted, who changed the file that most people changed. */
  developers: count,
  /** Mean of the days from the last change to each, to the commit that the history was read from. */
  days_since_touched: amount,
  /** Sum of the changes merged to each. */
  changes_before: count,
});
export type PastOfFiles = z.infer<typeof pastOfFiles>;

/**
 * How the newest outcomes of releases fit what the model said of them (core/learning/drift.ts makes it from the ledger,
 * and judges it by policy). It comes from a ledger or a branch that many may write, so it is not trusted: in enforced
 * mode the stricter of the answers with it and without it holds, and a forged one makes nothing milder.
 */
export const modelCalibration = z.strictObject({
  /** Version of the model that spoke. Of another model it says nothing. */
  model: z.string(),
  /** Releases that it spoke of, and of which is known how they went. */
  releases: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  /** Sum of its probabilities: so many failures it expected. */
  expected: z.number().nonnegative(),
  /** At its highest since the model began to speak: how many times better a drift explains the outcomes than the model does. */
  evidence: z.number().nonnegative(),
  towards: z.enum(["more-failures", "fewer-failures", "no-order"]),
});
export type ModelCalibration = z.infer<typeof modelCalibration>;
