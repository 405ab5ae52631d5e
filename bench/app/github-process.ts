import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { FrontSettings } from "./front.ts";
import type { WorldSize } from "./world.ts";

const started = z.object({
  url: z.string(),
  appId: z.string(),
  privateKey: z.string(),
  repositories: z.array(z.string()),
  heads: z.array(z.string()),
});
const seen = z.object({
  repository: z.string(),
  method: z.string(),
  path: z.string(),
  started: z.number(),
  ended: z.number(),
});
const written = z.object({ most: z.number(), comments: z.number(), checks: z.number() });

export type GitHubProcess = Awaited<ReturnType<typeof startGitHubProcess>>;

/** Starts the bench's GitHub in a process of its own, so that its work does not count as the App's. */
export async function startGitHubProcess(size: WorldSize) {
  const { organisations, repositories, pulls, releases } = size;
  const words = [organisations, repositories, pulls, releases].map(String);
  const child = spawn(process.execPath, [join(import.meta.dirname, "github.ts"), ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(() => {
      throw new Error("The bench's GitHub ended before it listened.");
    }),
  ]);
  const about = started.parse(JSON.parse(String(line)));
  const control = async (path: string, body: unknown = null): Promise<unknown> => {
    const answer = await fetch(`${about.url}/bench/${path}`, { method: "POST", body: JSON.stringify(body) });
    return answer.json();
  };
  return {
    ...about,
    set: (settings: Partial<FrontSettings>) => control("settings", settings),
    /** The requests since this was asked last. */
    seen: async () => z.array(seen).parse(await control("seen")),
    payload: async (repository: string, number: number, action = "opened") =>
      JSON.stringify(await control("payload", { repository, number, action })),
    written: async () => written.parse(await control("written")),
    violations: async () => z.array(z.unknown()).parse(await control("violations")),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
