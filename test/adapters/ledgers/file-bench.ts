import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileLedger } from "../../../adapters/ledgers/file.ts";
import type { Bench } from "../../contracts/ledger-bench.ts";

/** Every file below a folder, by its path with forward slashes. */
export async function filesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const full = join(entry.parentPath, entry.name);
    files.set(full.slice(folder.length + 1).replaceAll("\\", "/"), await readFile(full, "utf8"));
  }
  return files;
}

export async function replaceFiles(folder: string, files: Map<string, string>): Promise<void> {
  await rm(folder, { recursive: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

export async function fileBench(): Promise<Bench & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "ledger-"));
  return {
    folder,
    open: async () => fileLedger({ folder }),
    settings: async () => ({ home: "file", folder }),
    tamper: async (stream, change) => {
      const files = await filesBelow(join(folder, stream));
      change(files);
      await replaceFiles(join(folder, stream), files);
    },
    close: () => rm(folder, { recursive: true }),
  };
}
