import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitHubProcess } from "./github-process.ts";

export const secret = "a secret of this bench";

export type Replica = {
  url: string;
  /** What the process holds of memory, in MiB; undefined where the system does not say. */
  memoryMiB(): Promise<number | undefined>;
  /** kill -9. */
  kill(): Promise<void>;
  /** As an operator stops it: what is in hand is finished. */
  stop(): Promise<void>;
};

/** The App as production starts it, in a process of its own. */
export async function startReplica(
  github: Pick<GitHubProcess, "appId" | "privateKey" | "url">,
  database: string,
  port = 0,
): Promise<Replica> {
  const child = spawn(process.execPath, ["app/index.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      PATH: process.env.PATH,
      APP_ID: github.appId,
      PRIVATE_KEY: github.privateKey,
      WEBHOOK_SECRET: secret,
      DATABASE_URL: database,
      GITHUB_API_URL: github.url,
      HOST: "127.0.0.1",
      PORT: String(port),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await listening(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    url,
    async memoryMiB() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
      const kilobytes = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
      return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

function listening(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said = `${said}${chunk}`.slice(-4000);
      const url = /takes webhooks at (http:\S+)\/webhooks/.exec(said)?.[1];
      if (url) resolve(url);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", () => reject(new Error(`The App ended before it listened: ${said.slice(-2000)}`)));
  });
}

/** The headers of a delivery as GitHub signs it. */
export function deliveryHeaders(id: string, payload: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-github-delivery": id,
    "x-github-event": "pull_request",
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`,
  };
}
