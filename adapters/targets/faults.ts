import { exitCodes, UserError } from "../../core/errors.ts";

/** What a target's adapter throws: the driver tells them apart by their codes. */

/** Asking again may help. */
export function unavailable(sentence: string): UserError {
  return new UserError("target-unavailable", sentence, exitCodes.unavailable);
}

/** Asking again does not help. */
export function refused(sentence: string): UserError {
  return new UserError("target-refused", sentence);
}

/** The target itself knows of a later holder of the lease. */
export function overtaken(fencing: number, known: number): UserError {
  return new UserError(
    "overtaken",
    `The target was written under number ${known} of the lease, ours is ${fencing}: somebody else moves this rollout.`,
  );
}
