import { rm } from "node:fs/promises";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { portOf } from "../../github/port.ts";
import { closed, listening, type Version } from "./service.ts";

/**
 * A proxy before two servers of a pool, which shares requests by weight and takes HAProxy's commands on a socket: as
 * much of them as a rollout asks for, so that the demo needs no other program and drives the adapter that real ones use.
 */
export type WeightedProxy = {
  /** Where users come in; `/pool/<server>/version` says which version stands behind a server. */
  url: string;
  socket: string;
  /** Puts another version behind a server, as a deployment would. */
  behind(server: ServerName, version: Version): void;
  /** What it has answered by now, for each version. */
  counts(): ReadonlyMap<string, { total: number; bad: number }>;
  close(): Promise<void>;
};

export const serverNames = ["blue", "green"] as const;
export type ServerName = (typeof serverNames)[number];
type Pooled = {
  name: ServerName;
  version: Version;
  weight: number;
  state: "ready" | "drain" | "maint";
  due: number;
};

export async function startWeightedProxy(socket: string, first: Version): Promise<WeightedProxy> {
  const pool: [Pooled, Pooled] = [
    { name: "blue", version: first, weight: 100, state: "ready", due: 0 },
    { name: "green", version: first, weight: 100, state: "maint", due: 0 },
  ];
  const counts = new Map<string, { total: number; bad: number }>();
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const users = createServer((asked, answer) => {
    const named = pool.find(({ name }) => asked.url === `/pool/${name}/version`);
    if (named !== undefined) answer.end(named.version.id);
    else pass(asked, answer, chosen(pool), counts, agent);
  });
  await listening(users);
  const runtime = createSocketServer((connection) => {
    connection.on("error", () => connection.destroy());
    connection.once("data", (line) => connection.end(obey(pool, line.toString())));
  });
  await new Promise<void>((resolve, reject) => {
    runtime.once("error", reject);
    runtime.listen(socket, resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(users.address())}`,
    socket,
    behind: (name, version) => {
      for (const one of pool) if (one.name === name) one.version = version;
    },
    counts: () => counts,
    close: async () => {
      agent.destroy();
      await closed(users);
      await new Promise((resolve) => runtime.close(resolve));
      await rm(socket, { force: true });
    },
  };
}

/** Smooth weighted round robin: the one that is owed most goes next. */
function chosen(pool: readonly Pooled[]): Pooled | undefined {
  const open = pool.filter(({ state, weight }) => state === "ready" && weight > 0);
  const total = open.reduce((sum, { weight }) => sum + weight, 0);
  for (const one of open) one.due += one.weight;
  const best = open.reduce<Pooled | undefined>(
    (most, one) => (most === undefined || one.due > most.due ? one : most),
    undefined,
  );
  if (best !== undefined) best.due -= total;
  return best;
}

function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  to: Pooled | undefined,
  counts: Map<string, { total: number; bad: number }>,
  agent: Agent,
): void {
  if (to === undefined) {
    answer.writeHead(503).end();
    return;
  }
  const { id, url } = to.version;
  const count = (bad: boolean): void => {
    const before = counts.get(id) ?? { total: 0, bad: 0 };
    counts.set(id, { total: before.total + 1, bad: before.bad + (bad ? 1 : 0) });
  };
  const onwards = request(`${url}${asked.url ?? "/"}`, { method: asked.method, agent }, (answered) => {
    count((answered.statusCode ?? 500) >= 500);
    answer.writeHead(answered.statusCode ?? 502);
    answered.pipe(answer);
  });
  onwards.once("error", () => {
    count(true);
    if (!answer.headersSent) answer.writeHead(502);
    answer.end();
  });
  asked.pipe(onwards);
}

/** `set server pool/green weight 10`, `set server pool/blue state drain`, `show servers state pool`. */
function obey(pool: readonly Pooled[], line: string): string {
  return line
    .split(";")
    .map((command) => one(pool, command.trim()))
    .join("\n");
}

const setting = /^set server pool\/(\S+) (weight|state) (\S+)$/;
const heading = "# srv_name srv_op_state srv_admin_state srv_uweight";
const administered = { ready: 0, drain: 8, maint: 1 };

function one(pool: readonly Pooled[], command: string): string {
  if (command === "show servers state pool") {
    const lines = pool.map(({ name, state, weight }) => `${name} 2 ${administered[state]} ${weight}`);
    return ["1", heading, ...lines, ""].join("\n");
  }
  const [, name, what, value = ""] = setting.exec(command) ?? [];
  const server = pool.find((candidate) => candidate.name === name);
  if (server === undefined) return `Unknown command or server: ${command}`;
  if (what === "weight") {
    const weight = Number(value);
    if (!Number.isInteger(weight) || weight < 0 || weight > 256)
      return "A weight is a whole number from 0 to 256.";
    server.weight = weight;
    return "";
  }
  if (value !== "ready" && value !== "drain" && value !== "maint") return "A state is ready, drain or maint.";
  server.state = value;
  return "";
}
