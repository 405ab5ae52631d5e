import { existsSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";

const longestPath = 1000;

/**
 * One key for one source file. Reports name sources relative to a package's folder, to the repository or to a
 * folder of their own, so that src/index.ts of two packages are two files and of two shards are one: the nearest
 * folder above the report that holds the file tells them apart. A file that is not there keeps its written name.
 */
export function sourceKeys(
  root: string,
  report: string,
): (name: string, bases?: readonly string[]) => string {
  const folders = foldersAbove(root, dirname(resolve(root, report)));
  return (name, bases = []) => {
    const written = name.trim().slice(-longestPath);
    if (written === "" || written.includes("\0")) return written;
    for (const folder of [...bases.filter((base) => isAbsolute(base)), ...folders]) {
      const inside = relative(root, resolve(folder, written));
      if (inside !== "" && !isOutside(inside) && existsSync(resolve(root, inside))) return inside;
    }
    return written;
  };
}

export function isOutside(relativePath: string): boolean {
  return relativePath === ".." || /^\.\.[/\\]/.test(relativePath) || isAbsolute(relativePath);
}

function foldersAbove(root: string, folder: string): string[] {
  const folders = [folder];
  for (
    let at = folder;
    relative(root, at) !== "" && !isOutside(relative(root, at)) && folders.length < 50;
  ) {
    at = dirname(at);
    folders.push(at);
  }
  return folders;
}
