/** Globs of one flag: one a line, or with commas between them where a comma is not within braces. */
export function readGlobs(text: string): string[] {
  const globs: string[] = [];
  let glob = "";
  let depth = 0;
  for (const character of text) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (character === "\n" || (character === "," && depth <= 0)) {
      globs.push(glob);
      glob = "";
      depth = 0;
    } else glob += character;
  }
  return [...globs, glob].map((one) => one.trim()).filter(Boolean);
}
