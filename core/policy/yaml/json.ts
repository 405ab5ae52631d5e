const deepest = 40;

/**
 * A document that is JSON in its shortest form, as the shipped bundles are in the build: some twenty times faster than
 * reading it as YAML, which it is too. Undefined for all else, so that YAML's reader says what is wrong and where: the
 * shortest form is equal to the text only where no key is given twice and every number is exact and finite.
 */
export function readShortestJson(text: string): unknown {
  if (!text.startsWith("{") || text.includes('"__proto__"') || nestsDeeperThan(deepest, text))
    return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text.trimEnd() ? value : undefined;
  } catch (problem) {
    if (problem instanceof SyntaxError) return undefined;
    throw problem;
  }
}

/** Counts brackets in texts as well: rather too deep than too late. */
function nestsDeeperThan(most: number, text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > most) return true;
  }
  return false;
}
