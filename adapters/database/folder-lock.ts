import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, realpath, rm, symlink } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes, UserError } from "../../core/errors.ts";

/**
 * A folder for one process alone. Each that wants it listens on a socket of its own in the folder and then looks
 * whether anybody answers on another: of two that come at once both may give way, but never do both stay. The kernel
 * closes a socket with its process, however that ends, and unlike the number of a process it means the same in two
 * containers that share the folder.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const real = await realpath(folder);
  const reach = await shortWay(real);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await claim(real, reach.folder);
      if (typeof outcome !== "string") return outcome;
      if (outcome.startsWith(holding) || attempt === mostAttempts) throw taken(real, outcome);
      await sleep(50 + 200 * Math.random());
    }
  } finally {
    await reach.forget();
  }
}

const mostAttempts = 8;
const holding = "process";
const answerWithinMs = 1000;

/** The release, or what the other one says of itself. */
async function claim(folder: string, reach: string): Promise<(() => Promise<void>) | string> {
  const name = `lock-${randomBytes(4).toString("hex")}.sock`;
  const state = { holds: false };
  const server = await listening(addressOf(folder, reach, name), state);
  if (server === undefined) return (await answer(addressOf(folder, reach, name))) ?? "claiming";
  const others = process.platform === "win32" ? [] : await socketsIn(folder, name);
  for (const other of others) {
    const found = await answer(join(reach, other));
    if (found === undefined) continue;
    await closed(server, join(folder, name));
    return found;
  }
  state.holds = true;
  for (const dead of others) await rm(join(folder, dead), { force: true });
  return () => closed(server, join(folder, name));
}

/** Windows has no sockets in folders; a pipe's name is the whole machine's, and taken by one process at a time. */
function addressOf(folder: string, reach: string, name: string): string {
  if (process.platform !== "win32") return join(reach, name);
  return `\\\\.\\pipe\\adaptive-deploy-${createHash("sha256").update(folder.toLowerCase()).digest("hex")}`;
}

async function socketsIn(folder: string, own: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /^lock-[0-9a-f]{8}\.sock$/.test(file) && file !== own);
}

/** Listens, and tells whoever asks who we are; undefined where the address is taken. */
async function listening(address: string, state: { holds: boolean }): Promise<Server | undefined> {
  const since = new Date().toISOString();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(state.holds ? `${holding} ${process.pid} on ${hostname()}, since ${since}` : "claiming");
  });
  server.unref();
  return await new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = "code" in error ? String(error.code) : error.message;
      if (code === "EADDRINUSE") resolve(undefined);
      else reject(unlockable(address, code));
    });
    server.listen({ path: address }, () => resolve(server));
  });
}

/** What the listener at an address says of itself; undefined where nobody listens any more. */
async function answer(address: string): Promise<string | undefined> {
  return await new Promise((resolve) => {
    let said = "";
    const socket = createConnection({ path: address });
    // Somebody listens and is too busy, or stopped, to answer: alive all the same.
    const silent = () => resolve(said || `${holding} that does not answer`);
    const timer = setTimeout(() => {
      socket.destroy();
      silent();
    }, answerWithinMs);
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    socket.on("end", silent).on("close", () => clearTimeout(timer));
    socket.on("error", (error) => {
      const code = "code" in error ? error.code : "";
      if (code === "ECONNREFUSED" || code === "ENOENT") resolve(undefined);
      else silent();
    });
  });
}

async function closed(server: Server, file: string): Promise<void> {
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  await rm(file, { force: true });
}

/** A socket's path may have some hundred characters: a longer folder is reached through a link with a short name. */
async function shortWay(folder: string): Promise<{ folder: string; forget: () => Promise<void> }> {
  if (process.platform === "win32" || Buffer.byteLength(folder) < 80)
    return { folder, forget: async () => {} };
  const beside = await mkdtemp(join(tmpdir(), "ad-"));
  await symlink(folder, join(beside, "f"));
  return { folder: join(beside, "f"), forget: () => rm(beside, { recursive: true, force: true }) };
}

function taken(folder: string, holder: string): UserError {
  return new UserError(
    "database-taken",
    `The database in ${folder} is held by ${holder}. One process at a time may open an embedded database: end that ` +
      "one, or name a PostgreSQL with DATABASE_URL, which serves several replicas.",
    exitCodes.unavailable,
  );
}

function unlockable(address: string, code: string): UserError {
  return new UserError(
    "database-unavailable",
    `The database's folder cannot be locked (${code} at ${address}). Put it on a local disk that this user may write, ` +
      "or name a PostgreSQL with DATABASE_URL.",
    exitCodes.unavailable,
  );
}
