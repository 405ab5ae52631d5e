import ignore from "ignore";

/** Where GitHub looks for the file, in this order; the first one found speaks alone. */
export const codeownersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

type Rule = { owners: string[]; matches: (path: string) => boolean };

const mostRules = 10_000;
const longestPattern = 1000;

/**
 * Owners of files by CODEOWNERS as GitHub reads it: the last pattern that matches decides, also where it names nobody.
 * Sorted, each once.
 */
export function ownersOf(codeowners: string, paths: readonly string[]): string[] {
  const rules = rulesOf(codeowners).reverse();
  const owners = new Set<string>();
  for (const path of paths) {
    if (!ignore.isPathValid(path)) continue;
    for (const owner of rules.find((rule) => rule.matches(path))?.owners ?? []) owners.add(owner);
  }
  return [...owners].sort();
}

function rulesOf(text: string): Rule[] {
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    const rule = ruleOf(line);
    if (rule) rules.push(rule);
    if (rules.length >= mostRules) break;
  }
  return rules;
}

function ruleOf(line: string): Rule | undefined {
  const [pattern = "", ...words] = wordsOf(line);
  // GitHub skips a line that it cannot read: negation and character ranges are not part of its syntax.
  if (pattern === "" || pattern.startsWith("!") || /[[\]]/.test(pattern) || pattern.length > longestPattern) {
    return undefined;
  }
  if (!words.every(isOwner)) return undefined;
  return { owners: words, matches: matcherOf(pattern) };
}

/** Words up to a comment; a backslash keeps a blank within the pattern. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const word of line
    .replace(/\r$/, "")
    .trim()
    .split(/(?<!\\)[ \t]+/)) {
    if (word.startsWith("#")) break;
    if (word !== "") words.push(word);
  }
  return words;
}

function isOwner(word: string): boolean {
  return /^@[\w.-]+(\/[\w.-]+)?$/.test(word) || /^[^@\s]+@[^@\s]+$/.test(word);
}

/**
 * The rules of .gitignore, but for one: in CODEOWNERS a pattern that ends in a single star reaches the files of that
 * folder and not those below.
 */
function matcherOf(pattern: string): (path: string) => boolean {
  const rule = ignore({ ignorecase: false }).add(pattern);
  if (!pattern.endsWith("/*")) return (path) => rule.ignores(path);
  return (path) => {
    const slash = path.lastIndexOf("/");
    return rule.ignores(path) && (slash < 0 || !rule.ignores(path.slice(0, slash + 1)));
  };
}
