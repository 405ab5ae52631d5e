import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./database-process.ts", import.meta.url));

/** So many rows, after which a process that writes is looked at. */
export const enough = 50;

export type DatabaseProcess = { pid: number; said: Record<string, unknown>; kill(): Promise<void> };

/** Another process on the same database, once it has taken what it can or failed. */
export async function anotherProcess(about: object, ...locks: string[]): Promise<DatabaseProcess> {
  const child = spawn(process.execPath, [script, JSON.stringify(about), ...locks], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  const said: Record<string, unknown> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    Object.assign(said, JSON.parse(line));
    if ("open" in said || "error" in said || said.acknowledged === enough) break;
  }
  return {
    pid: child.pid ?? 0,
    said,
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
