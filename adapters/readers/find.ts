import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { glob } from "tinyglobby";
import { plainName } from "../../core/change/dependencies/plain-name.ts";
import { UserError } from "../../core/errors.ts";
import { isOutside } from "./source-path.ts";

const mostFiles = 20_000;

/** Report files that globs match below the root, in the order of their paths, and the globs that match none. */
export async function findReports(
  globs: readonly string[],
  root: string,
): Promise<{ paths: string[]; unmatched: string[] }> {
  const patterns = globs.map((one) => (process.platform === "win32" ? one.replaceAll("\\", "/") : one));
  const excluded = patterns.filter((one) => one.startsWith("!")).map((one) => one.slice(1));
  const wanted = patterns.filter((one) => !one.startsWith("!"));
  const paths = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of wanted) {
    if (isAbsolute(pattern) || pattern.split("/").includes("..")) {
      throw new UserError(
        "report-outside",
        `The reports glob "${plainName(pattern)}" leads out of the repository. Globs are relative to its root, for example "build/test-results/**/*.xml".`,
      );
    }
    const found = await glob(pattern, {
      cwd: root,
      ignore: [...excluded, ...foreignFolders(pattern)],
      followSymbolicLinks: false,
      dot: true,
      expandDirectories: false,
    });
    if (found.length === 0) unmatched.push(pattern);
    for (const path of found) paths.add(path.replaceAll("\\", "/"));
    if (paths.size > mostFiles) {
      throw new UserError(
        "too-many-reports",
        `The reports globs match more than ${mostFiles} files. Make them narrower.`,
      );
    }
  }
  return { paths: [...paths].sort(), unmatched };
}

/** Folders of others' files, left out unless the glob names them. */
function foreignFolders(pattern: string): string[] {
  return ["node_modules", ".git"]
    .filter((folder) => !pattern.split("/").includes(folder))
    .map((folder) => `**/${folder}/**`);
}

/** The file itself, which a symbolic link must not place outside of the root. */
export async function realReport(root: string, path: string): Promise<string> {
  const real = await realpath(resolve(root, path));
  if (isOutside(relative(await realpath(root), real))) {
    throw new UserError(
      "report-outside",
      `${plainName(path)} is a link out of the repository and is not read. Copy the report into the repository's folder.`,
    );
  }
  if (!(await stat(real)).isFile()) {
    throw new UserError(
      "bad-report",
      `${plainName(path)} is no ordinary file. Let the reports globs match report files only.`,
    );
  }
  return real;
}
