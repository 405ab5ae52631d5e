import { cp, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Each entry becomes one folder of `dist/`, so that a verb's parts are loaded only when it runs. */
export const entries = {
  "cli/index": "cli/index.ts",
  "decide/index": "actions/decide/main.ts",
  "collect/index": "actions/collect/main.ts",
} as const;

export async function build(out: string, names: (keyof typeof entries)[] = ["cli/index", "decide/index", "collect/index"]): Promise<void> {
  for (const name of names) {
    const folder = `${out}/${name.slice(0, name.indexOf("/"))}`;
    await rm(folder, { recursive: true, force: true });
    const bundle = await rolldown({ input: `${root}/${entries[name]}`, platform: "node", cwd: root, logLevel: "warn" });
    await bundle.write({ dir: folder, format: "esm", minify: true, entryFileNames: "index.js", chunkFileNames: "[name]-[hash].js" });
    await bundle.close();
  }
  await cp(`${root}/policies`, `${out}/policies`, { recursive: true });
}

if (import.meta.main) {
  const started = Date.now();
  await build(`${root}/dist`);
  console.log(`built dist/ in ${Date.now() - started} ms`);
}
