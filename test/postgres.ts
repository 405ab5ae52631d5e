import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** A PostgreSQL of its own, in a temporary folder: as Debian ships it, with fsync and synchronous_commit on. */
export type Postgres = {
  /** Of the database "postgres"; the password is part of it. */
  url: string;
  /** Makes an empty database and gives its address. */
  fresh(): Promise<string>;
  /** As a crash ends it: at once, nothing written that was not written before. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and the same folder. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
};

export async function startPostgres(settings: Record<string, string> = {}): Promise<Postgres> {
  const bin = newestPrograms();
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  const password = randomBytes(12).toString("hex");
  await writeFile(join(folder, "password"), password);
  if (isRoot()) for (const path of [folder, join(folder, "password")]) await chown(path, ...owner());
  initialise(bin, folder);
  const port = await freePort();
  const urlOf = (name: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  let server = await start(bin, folder, port, settings, urlOf("postgres"));
  let made = 0;

  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill(signal);
    await gone;
  };
  return {
    url: urlOf("postgres"),
    fresh: async () => {
      made += 1;
      await asking(urlOf("postgres"), `create database made_${made}`);
      return urlOf(`made_${made}`);
    },
    kill: () => end("SIGQUIT"),
    restart: async () => {
      await end("SIGINT");
      server = await start(bin, folder, port, settings, urlOf("postgres"));
    },
    stop: async () => {
      await end("SIGQUIT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function newestPrograms(): string {
  const home = "/usr/lib/postgresql";
  const versions = existsSync(home)
    ? readdirSync(home).sort((left, right) => Number(right) - Number(left))
    : [];
  const found = versions
    .map((version) => join(home, version, "bin"))
    .find((bin) => existsSync(join(bin, "postgres")));
  if (found === undefined) {
    throw new Error(`No PostgreSQL in ${home}. Install it with: apt-get install postgresql`);
  }
  return found;
}

const isRoot = () => process.getuid?.() === 0;

function owner(): [number, number] {
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return [idOf("-u"), idOf("-g")];
}

/** PostgreSQL refuses to run as root; and it is not to outlive the tests, however those end. */
function command(program: string, parameters: string[]): [string, string[]] {
  const user = isRoot() ? ["--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
  return ["setpriv", [...user, "--pdeathsig=QUIT", program, ...parameters]];
}

function initialise(bin: string, folder: string): void {
  const [program, parameters] = command(join(bin, "initdb"), [
    `--pgdata=${join(folder, "data")}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${join(folder, "password")}`,
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ]);
  execFileSync(program, parameters, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}

async function start(
  bin: string,
  folder: string,
  port: number,
  settings: Record<string, string>,
  url: string,
): Promise<ChildProcess> {
  const all = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    log_destination: "stderr",
    ...settings,
  };
  const given = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [program, parameters] = command(join(bin, "postgres"), ["-D", join(folder, "data"), ...given]);
  const log = join(folder, "log");
  const server = spawn("sh", ["-c", 'exec "$0" "$@" 2>>"$LOG"', program, ...parameters], {
    cwd: folder,
    env: { ...process.env, LOG: log },
    stdio: "ignore",
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended at once: ${await readFile(log, "utf8")}`);
    try {
      await asking(url, "select 1");
      return server;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(50);
  }
}

async function asking(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("A port has a number.");
  return address.port;
}
