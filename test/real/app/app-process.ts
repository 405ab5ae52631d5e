import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../../adapters/database/database.ts";
import { openDatabase } from "../../../adapters/database/index.ts";
import { secret, type TestGitHub } from "../../app/app.ts";

/** The whole App as a process of its own, which can be killed. */
export type AppProcess = {
  url: string;
  pid: number;
  /** All that it said, for a test that fails. */
  said(): string;
  /** As `kill -9`: nothing is finished. */
  kill(): Promise<void>;
  /** SIGTERM; gives its exit code, or the signal that ended it. */
  terminate(): Promise<number | string | null>;
};

const compiled = mkdtempSync(join(tmpdir(), "compiled-"));
process.once("exit", () => {
  killAll();
  rmSync(compiled, { recursive: true, force: true });
});
const running = new Set<ChildProcess>();

/** Whatever a test leaves behind ends with it. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export async function startAppProcess(
  { credentials, github }: Pick<TestGitHub, "credentials" | "github">,
  databaseUrl: string,
): Promise<AppProcess> {
  const child = spawn(process.execPath, ["app/index.ts"], {
    env: {
      PATH: process.env.PATH,
      // What was compiled is kept for the next start, of which a test has hundreds.
      NODE_COMPILE_CACHE: compiled,
      APP_ID: credentials.appId,
      PRIVATE_KEY: credentials.privateKey,
      WEBHOOK_SECRET: secret,
      DATABASE_URL: databaseUrl,
      GITHUB_API_URL: github.url,
      HOST: "127.0.0.1",
      PORT: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const exited = once(child, "exit").finally(() => running.delete(child));
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-100_000);
      const found = /takes webhooks at (http:\S+)\/webhooks/.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    exited.then(() => reject(new Error(`The App ended before it listened: ${said.slice(-2000)}`)), reject);
  });
  return {
    url,
    pid: child.pid ?? 0,
    said: () => said,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async terminate() {
      child.kill("SIGTERM");
      await exited;
      return child.exitCode ?? child.signalCode;
    },
  };
}

/** Small and repeatable: a failure is found again by its seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Waits until nothing waits in the inbox any more; what is left after the time is for the test to find. */
export async function workedOff(databaseUrl: string, withinMs: number): Promise<void> {
  const database = await openDatabase({ url: databaseUrl });
  try {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(100)) {
      const [left] = await database.query("select 1 as waiting from inbox where state = 'waiting' limit 1");
      if (!left) return;
    }
  } finally {
    await database.close();
  }
}

/** Asks the database something while the App runs on it. */
export async function asking<Result>(
  databaseUrl: string,
  ask: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase({ url: databaseUrl });
  try {
    return await ask(database);
  } finally {
    await database.close();
  }
}
