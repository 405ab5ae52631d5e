import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { glob } from "tinyglobby";
import { UserError } from "../../core/errors.ts";
import type { BuildInfo } from "../../core/evidence/build-info.ts";

/** SHA-256 of each file that the globs name, in order of path; a glob that names none is an error. */
export async function artifactDigests(
  globs: readonly string[],
  root: string,
): Promise<BuildInfo["artifacts"]> {
  const artifacts: BuildInfo["artifacts"] = [];
  for (const pattern of globs) {
    const paths = await glob(pattern, {
      cwd: root,
      dot: true,
      followSymbolicLinks: false,
      onlyFiles: true,
      expandDirectories: false,
    });
    if (!paths.length) {
      throw new UserError(
        "no-artifact",
        `No file matches the artifact glob "${pattern}" in ${root}. Build first, or mend the glob.`,
      );
    }
    for (const path of paths) artifacts.push({ path, ...(await digestOf(resolve(root, path))) });
  }
  const byPath = new Map(artifacts.map((artifact) => [artifact.path, artifact]));
  return [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
    }
  });
  return { bytes, sha256: hash.digest("hex") };
}
