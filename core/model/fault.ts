import { exitCodes, UserError } from "../errors.ts";

/** A model file that cannot be what it says it is; nothing of it is used. */
export function badModel(sentence: string): UserError {
  return new UserError("bad-model", `The model is not read. ${sentence}`, exitCodes.badInput);
}
