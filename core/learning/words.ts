import { mentions } from "../change/kinds.ts";

/** What a change says that it is. Words are a claim: good enough to learn from, never to open a gate. */

type Words = { title: string; message: string };

/** True where a person or a tool says that the change takes back another. */
export function saysRevert({ title, message }: Words): boolean {
  return /^revert\b/i.test(title) || /\bThis reverts commit [0-9a-f]{7}/.test(message);
}

const hotfixWords = ["hotfix", "hot-fix", "hot fix"];

export function saysHotfix({ title }: Pick<Words, "title">): boolean {
  return hotfixWords.some((word) => mentions(title, word));
}

/** "docs: …", "test(api): …": whatever it mends, it is nothing that runs. */
const harmlessType = /^\W*(?:docs?|documentation|tests?|ci|style|lint|chore|build|typos?)(?:\([^)]*\))?!?:/i;
/** "Add a regression test for bug 7", "Reproducer for bug 7": about the test, which mends nothing. */
const aboutTest = /^\W*(?:add(?:s|ed|ing)?\b.{0,40}\btests?|reproducers?)\b/i;
const fault =
  /^(?:hot-?fix(?:es|ed)?|bug(?:s|-?fix(?:es)?)?|defects?|crash(?:es|ed|ing)?|regressions?|segfaults?|deadlocks?)$/;
const mending = /^fix(?:es|ed|ing|-?ups?)?$/;
/** What is mended without that anything was wrong with what runs. */
const harmless =
  /^(?:typos?|spelling|grammar|wording|docs?|docstrings?|documentation|comments?|readme|changelog|lint|linter|linting|flake8|eslint|pylint|rubocop|pep8|tests?|testing|spec|specs|unittests?|flaky|ci|travis|jenkins|style|formatting|whitespace|indentation|copyright|license)$/;
const between = 3;

/** True where a title says that something was wrong and is mended; a mended typo, test or comment does not count. */
export function saysFix(title: string): boolean {
  const head = title.slice(0, 1000);
  if (harmlessType.test(head) || aboutTest.test(head)) return false;
  if (/\b(?:close|resolve)[sd]? #\d/i.test(head)) return true;
  const words = head.toLowerCase().match(/[\p{L}\p{N}_]+(?:['-][\p{L}\p{N}_]+)*/gu) ?? [];
  if (words.some((word, at) => fault.test(word) && !isOfTracker(word, words[at + 1]))) return true;
  return words.some((word, at) => mending.test(word) && !isHarmless(words.slice(at + 1)));
}

/** "bug report", "bug template": about the reports, not about a bug. */
function isOfTracker(word: string, next: string | undefined): boolean {
  return word === "bug" && /^(?:reports?|templates?|tracker|labels?)$/.test(next ?? "");
}

function isHarmless(after: readonly string[]): boolean {
  const object = after.filter((word) => !/^\d+$/.test(word));
  if (object.length === 0) return false;
  // "Fixed #7 -- Fixed typo": the second one says what was mended.
  if (mending.test(object[0] ?? "")) return true;
  return object.slice(0, between).some((word) => harmless.test(word));
}
