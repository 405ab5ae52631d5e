import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { z } from "zod";
import { answered, type OwnProcess, startProcess } from "./own-process.ts";
import { freePort } from "./prometheus-server.ts";

export type RunningProxy = {
  /** One command on the socket; gives what HAProxy says. */
  command(line: string): Promise<string>;
  /** As `systemctl reload`: a new worker with the weights of its configuration. */
  reload(): Promise<void>;
  said(): string;
  stop(): Promise<void>;
};
/** A real HAProxy before two versions of a service: all traffic goes to blue at first. */
export type Haproxy = RunningProxy & {
  /** Where users come in. */
  url: string;
  /** The stats socket, with the rights of an administrator. */
  socket: string;
  /** The pool's name on that socket; its servers are "blue" and "green". */
  pool: string;
  /** What a backend itself counted. */
  counts(version: Version): Promise<Counts>;
  /** Lets a backend answer the requests to `/hold` that it keeps in flight. */
  release(version: Version): Promise<void>;
};
export type Version = "blue" | "green";
export type Counts = z.infer<typeof counts>;

const counts = z.object({ requests: z.number(), failed: z.number(), in_flight: z.number() });
/** How many in a hundred answers of a version are errors. */
export type Failing = Partial<Record<Version, number>>;

/** `free`: how its configuration keeps green out at first. */
export async function startHaproxy(failing: Failing = {}, free = "weight 0"): Promise<Haproxy> {
  const folder = await mkdtemp(join(tmpdir(), "haproxy-"));
  const [blue, green] = await Promise.all([
    startBackend("blue", failing.blue ?? 0),
    startBackend("green", failing.green ?? 0),
  ]);
  const backends = { blue, green };
  const socket = join(folder, "admin.sock");
  const port = await freePort();
  const proxy = await startProxy(folder, socket, configuration(socket, port, blue.port, green.port, free));
  return {
    ...proxy,
    url: `http://127.0.0.1:${port}`,
    socket,
    pool: "pool",
    counts: (version) => asked(`${backends[version].url}/counts`),
    release: async (version) => {
      await asked(`${backends[version].url}/release`);
    },
    stop: async () => {
      await Promise.all([proxy.stop(), blue.program.end(), green.program.end()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A real HAProxy of any configuration whose stats socket is at `socket`. */
export async function startProxy(folder: string, socket: string, text: string): Promise<RunningProxy> {
  const file = join(folder, "haproxy.cfg");
  await writeFile(file, text);
  // The master stays in the foreground; its worker ends with it.
  const server = startProcess("haproxy", ["-W", "-db", "-f", file], { cwd: folder });
  const command = (line: string) => commanded(socket, line);
  const worker = () =>
    command("show info").then(
      (said) => /^Pid: (\d+)$/m.exec(said)?.[1],
      () => undefined,
    );
  await answered("HAProxy", server, worker, 30_000);
  return {
    command,
    reload: async () => {
      const before = await worker();
      process.kill(server.pid, "SIGUSR2");
      const other = async () => {
        const now = await worker();
        return now === before ? undefined : now;
      };
      await answered("HAProxy's reload", server, other, 30_000);
    },
    said: () => server.said(),
    stop: () => server.end(),
  };
}

function configuration(socket: string, port: number, blue: number, green: number, free: string): string {
  return `global
  stats socket ${socket} mode 600 level admin
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend users
  bind 127.0.0.1:${port}
  default_backend pool
backend pool
  balance roundrobin
  server blue 127.0.0.1:${blue} weight 100 check inter 1s
  server green 127.0.0.1:${green} ${free} check inter 1s
`;
}

async function startBackend(
  version: Version,
  failing: number,
): Promise<{ program: OwnProcess; port: number; url: string }> {
  const script = join(import.meta.dirname, "haproxy-backend.ts");
  const program = startProcess(process.execPath, [script, version, String(failing)], {
    cwd: import.meta.dirname,
  });
  const port = await answered(
    version,
    program,
    async () => /listens on (\d+)/.exec(program.said())?.[1],
    30_000,
  );
  return { program, port: Number(port), url: `http://127.0.0.1:${port}` };
}

async function asked(url: string): Promise<Counts> {
  return counts.parse(await (await fetch(url)).json());
}

async function commanded(socket: string, line: string): Promise<string> {
  const connection = createConnection(socket);
  connection.end(`${line}\n`);
  return (await text(connection)).trim();
}

export type Load = z.infer<typeof load>;
const load = z.object({
  requests: z.number(),
  /** Answers that are no 2xx or 3xx. */
  refused: z.number(),
  /** Connections that broke, and requests without an answer. */
  broken: z.number(),
});

const reportOfLoad = `done = function(summary)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"refused":%d,"broken":%d}', summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
`;

/** Users, as many as there are connections, who ask again as soon as they have an answer (wrk). */
export async function users(url: string, connections: number, seconds: number): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), "wrk-"));
  try {
    const script = join(folder, "report.lua");
    await writeFile(script, reportOfLoad);
    const parameters = ["--threads=1", `--connections=${connections}`, `--duration=${seconds}s`];
    const { stdout } = await promisify(execFile)("wrk", [
      ...parameters,
      "--timeout=10s",
      `--script=${script}`,
      url,
    ]);
    return load.parse(JSON.parse(stdout.slice(stdout.lastIndexOf("{"))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
