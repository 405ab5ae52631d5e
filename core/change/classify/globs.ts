import picomatch from "picomatch";

type Test = (path: string) => boolean;
const never: Test = () => false;

const longestPath = 1024;
const compiled = new WeakMap<readonly string[], Test>();
const compiledWithoutCase = new WeakMap<readonly string[], Test>();

/**
 * A test for a list of globs, compiled once a list: the same policy judges thousands of changes.
 * A star matches a leading dot too.
 */
export function matchesAny(
  globs: readonly string[] | undefined,
  options: { ignoreCase?: boolean } = {},
): Test {
  if (!globs?.length) return never;
  const cache = options.ignoreCase ? compiledWithoutCase : compiled;
  const known = cache.get(globs);
  if (known) return known;
  const tests = globs.map((glob) => picomatch(glob, { dot: true, nocase: options.ignoreCase ?? false }));
  const test: Test = (path) => path.length <= longestPath && tests.some((one) => one(path));
  cache.set(globs, test);
  return test;
}

export function isOverlongPath(path: string): boolean {
  return path.length > longestPath;
}

/**
 * The path that a glob is tried on where a match adds caution: dot segments and backslashes resolved and control
 * characters replaced, so that no odd spelling slips past a pattern, and the end kept of an overlong path.
 */
export function matchablePath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.slice(-longestPath).replace(/\\/g, "/").split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return Array.from(kept.join("/"), (character) =>
    character < " " || character === "\u007f" ? "_" : character,
  ).join("");
}
