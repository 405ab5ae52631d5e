import picomatch from "picomatch";

/** What the repository itself declares of a file; an absent field leaves the word to the path rules. */
export type DeclaredAttributes = { generated?: boolean; vendored?: boolean; binary?: boolean };

type Rule = { matches: (path: string) => boolean; set: Map<keyof DeclaredAttributes, boolean | undefined> };

const mostRules = 5000;
const longestPattern = 1000;
const longestPath = 1024;

/**
 * A function from path to what the root's `.gitattributes` says of it; a later line wins. Give it the text of the base
 * commit, never the head's: a change could take the weight from its own lines.
 */
export function attributeRules(text: string): (path: string) => DeclaredAttributes {
  const rules = rulesOf(text);
  return (path) => {
    const result: DeclaredAttributes = {};
    if (path.length > longestPath) return result;
    for (const rule of rules) {
      if (!rule.matches(path)) continue;
      for (const [name, value] of rule.set) {
        if (value === undefined) delete result[name];
        else result[name] = value;
      }
    }
    return result;
  };
}

function rulesOf(text: string): Rule[] {
  const rules: Rule[] = [];
  for (const line of text.split("\n")) {
    const rule = ruleOf(line.trim());
    if (rule) rules.push(rule);
    if (rules.length >= mostRules) break;
  }
  return rules;
}

function ruleOf(line: string): Rule | undefined {
  if (line === "" || line.startsWith("#") || line.startsWith("[attr]")) return undefined;
  const { pattern, rest } = splitPattern(line);
  // Git refuses negative patterns in this file, and a pattern for a folder matches no file.
  if (pattern === "" || pattern.length > longestPattern || pattern.startsWith("!") || pattern.endsWith("/")) {
    return undefined;
  }
  const set = declaredBy(rest.split(/[ \t]+/));
  return set.size ? { matches: matcherOf(pattern), set } : undefined;
}

/** A pattern with blanks stands in double quotes. */
function splitPattern(line: string): { pattern: string; rest: string } {
  if (!line.startsWith('"')) {
    const end = line.search(/[ \t]/);
    return end < 0
      ? { pattern: line, rest: "" }
      : { pattern: line.slice(0, end), rest: line.slice(end).trim() };
  }
  let pattern = "";
  for (let index = 1; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (character === '"') return { pattern, rest: line.slice(index + 1).trim() };
    if (character === "\\") index += 1;
    pattern += line.charAt(index);
  }
  return { pattern: "", rest: "" };
}

function matcherOf(pattern: string): (path: string) => boolean {
  const bare = pattern.startsWith("/") ? pattern.slice(1) : pattern;
  const glob = pattern.includes("/") ? bare : `**/${bare}`;
  return picomatch(glob, { dot: true, nobrace: true, noextglob: true, nonegate: true, strictSlashes: true });
}

/** `-diff` and the macro `binary` say that lines of the file mean nothing. */
function declaredBy(words: string[]): Rule["set"] {
  const set: Rule["set"] = new Map();
  for (const word of words) {
    const { name, value } = stateOf(word);
    if (name === "linguist-generated") set.set("generated", value);
    else if (name === "linguist-vendored") set.set("vendored", value);
    else if (name === "diff") set.set("binary", value === false ? true : undefined);
    else if (name === "binary") set.set("binary", value === true ? true : undefined);
  }
  return set;
}

function stateOf(word: string): { name: string; value: boolean | undefined } {
  if (word.startsWith("-")) return { name: word.slice(1), value: false };
  if (word.startsWith("!")) return { name: word.slice(1), value: undefined };
  const equals = word.indexOf("=");
  if (equals < 0) return { name: word, value: true };
  return { name: word.slice(0, equals), value: word.slice(equals + 1).toLowerCase() !== "false" };
}
