import { chmod, cp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Each entry becomes one folder of `dist/`, so that a verb's parts are loaded only when it runs. */
export const entries = {
  "cli/index": "cli/index.ts",
  "decide/index": "actions/decide/main.ts",
  "collect/index": "actions/collect/main.ts",
  "analyze/index": "actions/analyze/main.ts",
  "rollout/index": "actions/rollout/main.ts",
  "canary-step/index": "actions/canary-step/main.ts",
  "rollback/index": "actions/rollback/main.ts",
  "shadow/index": "actions/shadow/main.ts",
  "learn/index": "actions/learn/main.ts",
} as const;
export type EntryName = keyof typeof entries;
export const entryNames: readonly EntryName[] = [
  "cli/index",
  "decide/index",
  "collect/index",
  "analyze/index",
  "rollout/index",
  "canary-step/index",
  "rollback/index",
  "shadow/index",
  "learn/index",
];

/** Builds the entries and the policies beside them; answers with the files that went into the bundles. */
export async function build(out: string, names: readonly EntryName[] = entryNames): Promise<Set<string>> {
  const modules = new Set<string>();
  for (const name of names) {
    const folder = `${out}/${name.slice(0, name.indexOf("/"))}`;
    await rm(folder, { recursive: true, force: true });
    for (const module of await bundleEntry(`${root}/${entries[name]}`, folder)) modules.add(module);
  }
  await cp(`${root}/policies`, `${out}/policies`, { recursive: true });
  return modules;
}

/**
 * Node reads every export of a builtin module that is imported, and of http one brings a second `fetch` to life: 14 ms
 * before a step can ask its first question. Required, the same module reads nothing until it is used.
 */
const requiredHttp: Plugin = {
  name: "required-http",
  resolveId: (source, _importer, { kind }) =>
    /^(?:node:)?https?$/.test(source) && kind === "import-statement" ? `\0required:${source}` : null,
  load: (id) => (id.startsWith("\0required:") ? `module.exports = require("${id.slice(10)}");` : null),
};

/** One entry as `index.js` and the chunks that it loads only when needed. */
export async function bundleEntry(input: string, folder: string): Promise<string[]> {
  const bundle = await rolldown({
    input,
    platform: "node",
    cwd: root,
    logLevel: "warn",
    plugins: [requiredHttp],
  });
  const { output } = await bundle.write({
    dir: folder,
    format: "esm",
    minify: true,
    entryFileNames: "index.js",
    chunkFileNames: "[name]-[hash].js",
  });
  await bundle.close();
  await chmod(`${folder}/index.js`, 0o755);
  return output
    .filter((file): file is OutputChunk => file.type === "chunk")
    .flatMap((chunk) => chunk.moduleIds);
}

if (import.meta.main) {
  const started = Date.now();
  await build(`${root}/dist`);
  console.log(`built dist/ in ${Date.now() - started} ms`);
}
