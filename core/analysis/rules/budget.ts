import { badShare, type Counts } from "./counts.ts";

/**
 * Part of the error budget that is left over the objective's period: 1 untouched, 0 spent, below 0 overspent. Undefined
 * where counts are missing. With an objective of 99.9 %, 10,000 events and 4 bad ones: the budget is 10, 0.6 is left.
 */
export function budgetLeft(counts: Counts, objective: number): number | undefined {
  const share = badShare(counts);
  const allowed = allowedShare(objective);
  return share === undefined || allowed === undefined ? undefined : 1 - share / allowed;
}

/** How many times faster than evenly the budget is spent: 1 spends all of it in just the period. */
export function burnRate(counts: Counts, objective: number): number | undefined {
  const share = badShare(counts);
  const allowed = allowedShare(objective);
  return share === undefined || allowed === undefined ? undefined : share / allowed;
}

/** An objective of all or nothing leaves no budget to count. */
function allowedShare(objective: number): number | undefined {
  return objective > 0 && objective < 1 ? 1 - objective : undefined;
}
