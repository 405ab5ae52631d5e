import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as z from "zod";
import type { ServerName } from "./weighted-proxy.ts";

/** The sample service under real requests, behind a weighted proxy. */
export type Traffic = {
  url: string;
  store: string;
  socket: string;
  /** `failing`: how many in ten thousand answers are errors. */
  deploy(server: ServerName, version: string, failing: number): Promise<void>;
  close(): Promise<void>;
};

const started = z.object({ url: z.string(), store: z.string() });
const deployed = z.object({ deployed: z.string() });

export async function startTraffic(
  folder: string,
  began: number,
  first: { version: string; failing: number },
): Promise<Traffic> {
  const socket = join(folder, "proxy.sock");
  const program = join(import.meta.dirname, "traffic-process.ts");
  const child = fork(program, [String(began), socket, first.version, String(first.failing)]);
  const { url, store } = started.parse(await answer(child));
  return {
    ...{ url, store, socket },
    deploy: async (server, version, failing) => {
      child.send({ server, version, failing });
      deployed.parse(await answer(child));
    },
    close: async () => {
      if (child.exitCode !== null) return;
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(() => {
    throw new Error("The demo's service ended. Its words above say why.");
  });
  // Only the first of the two counts.
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, "message"), ended]);
  return message;
}
