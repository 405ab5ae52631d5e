import { nearest as nearestFew } from "./guardrails/suggest.ts";

/** The nearest word of a list, undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return nearestFew(word, candidates)[0];
}

/** `; did you mean "approval"?`, or nothing where no word is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const suggestion = nearest(word, candidates);
  return suggestion === undefined ? "" : `; did you mean "${suggestion}"?`;
}
