import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The patch of real git between two texts, hunks only, as the API gives it; empty where they are equal. */
export async function gitPatch(before: string, after: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "patch-"));
  try {
    writeFileSync(join(folder, "before"), before);
    writeFileSync(join(folder, "after"), after);
    const said = await differences(folder);
    return said.includes("\n@@") ? said.slice(said.indexOf("\n@@") + 1) : "";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let shell: ChildProcessByStdio<Writable, Readable, null> | undefined;

/**
 * From one shell that stays and is asked one thing after the other: a property asks hundreds of times, and each process
 * that a test starts itself has the test's whole memory mapped anew.
 */
function differences(folder: string): Promise<string> {
  shell ??= spawn("sh", {
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const { stdin, stdout } = shell;
  return new Promise((resolve, reject) => {
    let said = Buffer.alloc(0);
    const take = (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]);
      // Git ends with 1 where the files differ; a text's patch holds no NUL.
      const ending = /\0(\d+)\n$/.exec(said.subarray(-5).toString("latin1"));
      if (ending === null) return;
      stdout.off("data", take);
      const text = said.subarray(0, said.indexOf(0)).toString("utf8");
      if (Number(ending[1]) <= 1) resolve(text);
      else reject(new Error(`git diff: ${text}`));
    };
    stdout.on("data", take);
    const diff = "git diff --no-index --no-color --no-ext-diff -- before after";
    stdin.write(`(cd '${folder}' && ${diff}) 2>&1; printf '\\000%d\\n' $?\n`);
  });
}
