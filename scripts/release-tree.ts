import { chmod, cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import { generatedFiles } from "./generate.ts";
import { thirdPartyLicenses } from "./third-party-licenses.ts";

/**
 * `npm run release:tree`: what a tag holds. `uses: org/adaptive-deploy/decide@v1` runs the tree as it is, so it holds
 * bundles and no sources; equal sources give equal bytes. Prints the folder as its last line.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

/** Copied as they stand. The reusable workflows are called at a tag, so a tag has to hold them. */
const documents = [
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  ".github/workflows/decide.yml",
  ".github/workflows/rollout.yml",
  ".github/workflows/learn.yml",
  ".github/workflows/shadow.yml",
];

/** Written by `npm run generate` to `actions/<verb>/`, found by a workflow as `<verb>/`. */
const manifests: Record<string, string> = {
  "action.yml": "action.yml",
  "actions/decide/action.yml": "decide/action.yml",
  "actions/collect/action.yml": "collect/action.yml",
  "actions/analyze/action.yml": "analyze/action.yml",
  "actions/canary-step/action.yml": "canary-step/action.yml",
  "actions/rollback/action.yml": "rollback/action.yml",
  "actions/shadow/action.yml": "shadow/action.yml",
  "actions/learn/action.yml": "learn/action.yml",
};

export async function releaseTree(folder: string): Promise<void> {
  const modules = await build(folder);
  const generated = generatedFiles();
  for (const [source, place] of Object.entries(manifests))
    await write(folder, place, needed(generated, source));
  for (const verb of ["decide", "collect", "analyze", "canary-step", "rollback", "shadow", "learn"]) {
    await cp(join(root, "actions", verb, "README.md"), join(folder, verb, "README.md"));
  }
  // Written by hand: it is made of other actions, and has no inputs of its own to be declared.
  for (const name of ["action.yml", "README.md"])
    await cp(join(root, "actions/canary", name), join(folder, "canary", name));
  for (const name of documents) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await cp(join(root, name), join(folder, name));
  }
  await write(folder, "package.json", await manifest());
  await write(folder, "THIRD-PARTY-LICENSES", await thirdPartyLicenses(modules));
  await chmod(join(folder, "cli/index.js"), 0o755);
}

/** What Node and npm need to know: nothing to install, nothing to run. */
async function manifest(): Promise<string> {
  const { name, version, description, license } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  );
  const released = {
    ...{ name, version, description, license },
    type: "module",
    bin: { "adaptive-deploy": "cli/index.js" },
    engines: { node: ">=20" },
  };
  return `${JSON.stringify(released, null, 2)}\n`;
}

function needed(files: Map<string, string>, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new TypeError(`Nothing generates ${path}.`);
  return text;
}

async function write(folder: string, name: string, text: string): Promise<void> {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), text);
}

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "adaptive-deploy-release-"));
  await releaseTree(folder);
  console.log(folder);
}
