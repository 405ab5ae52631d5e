import { join } from "node:path";
import { fastImportStream, git } from "../../emulated/sample/fast-import.ts";

/** What the bench's GitHub holds: one history on disk, shown as many repositories of many organisations. */
export type WorldSize = { organisations: number; repositories: number; pulls: number; releases: number };
export type History = { folder: string; heads: string[]; branches: string[] };

const maria = { name: "Maria", email: "maria@users.example.com" };
const firstAt = Date.UTC(2026, 1, 1) / 1000;
const policy = `schema-version: 1
defaults: { approval: { from: 70 } }
`;

function source(name: string, version: number): string {
  const lines = Array.from({ length: 60 }, (_, line) => `export const ${name}${line} = ${line * version};\n`);
  return lines.join("");
}

/** `main` with so many commits to release, and a branch for each pull request with a few changed files. */
export async function writeRepository(
  folder: string,
  { pulls, releases }: Pick<WorldSize, "pulls" | "releases">,
): Promise<History> {
  const stream = fastImportStream();
  const names = Array.from({ length: 40 }, (_, index) => `part${index}`);
  const pathOf = (index: number): string => `src/${names[index % names.length]}.ts`;
  let last = stream.commit({
    ref: "refs/heads/main",
    author: maria,
    at: firstAt,
    message: "First",
    edits: {
      "README.md": "# Shop\n",
      ".github/CODEOWNERS": "* @maria\n",
      ".github/adaptive-deploy/thresholds-and-windows.yaml": policy,
      ...Object.fromEntries(names.map((name, index) => [pathOf(index), source(name, 1)])),
    },
  });
  for (let release = 1; release <= releases; release += 1)
    last = stream.commit({
      ref: "refs/heads/main",
      author: maria,
      at: firstAt + release * 3600,
      message: `Release ${release}`,
      edits: { [pathOf(release)]: source(`part${release % 40}`, release + 1) },
      from: last,
    });
  const branches = Array.from({ length: pulls }, (_, index) => `change-${index + 1}`);
  for (const [index, branch] of branches.entries()) {
    const edits = [0, 1, 2, 3, 4].map((more) => [pathOf(index + more), source("changed", index + 7 + more)]);
    stream.commit({
      ref: `refs/heads/${branch}`,
      author: maria,
      at: firstAt + 1e6 + index,
      message: `Change ${index + 1}`,
      edits: Object.fromEntries(edits),
      from: last,
    });
  }
  await git(".", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  await git(folder, ["fast-import", "--quiet"], stream.text());
  const heads = (await git(folder, ["rev-list", "--reverse", "main"])).split("\n").slice(1);
  return { folder: join(folder), heads, branches };
}

export const organisationOf = (index: number): string => `acme-${index + 1}`;
export const repositoryOf = (index: number): string => `shop-${index + 1}`;
