import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { answered, type OwnProcess, startProcess } from "../own-process.ts";

/** A real hawkBit: on loopback, its database and its artifacts in a temporary folder that ends with the test. */
export type Hawkbit = {
  url: string;
  /** Of the management API, as a header. */
  authorization: string;
  /** With it a device may speak for itself: `Authorization: GatewayToken …`. */
  gatewayToken: string;
  /** One request to the management API; anything but a 2xx is an error with what hawkBit says. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Puts an image there as a build would, and gives the id of its distribution set. */
  publish(version: string, image: Uint8Array | string): Promise<number>;
  said(): string;
  /** As a crash ends it; `restart` brings it back on the same address, with what its database kept. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const created = z.array(z.looseObject({ id: z.number() })).min(1);

export async function startHawkbit(): Promise<Hawkbit> {
  const folder = await mkdtemp(join(tmpdir(), "hawkbit-"));
  const authorization = `Basic ${Buffer.from("admin:admin").toString("base64")}`;
  const gatewayToken = randomBytes(16).toString("hex");
  let { server, port } = await launch(folder, 0);
  const url = `http://127.0.0.1:${port}`;

  const request = async (method: string, path: string, body: string | FormData | null) => {
    const headers = {
      authorization,
      ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
    };
    const response = await fetch(`${url}/rest/v1${path}`, { method, headers, body });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`hawkBit answers ${method} ${path} with ${response.status}: ${text.slice(0, 500)}`);
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    return answer;
  };
  const ask = (method: string, path: string, body?: unknown) =>
    request(method, path, body === undefined ? null : JSON.stringify(body));
  const create = async (path: string, body: unknown) =>
    created.parse(await ask("POST", path, [body]))[0]?.id ?? 0;

  await ask("PUT", "/system/configs/authentication.gatewaytoken.enabled", { value: true });
  await ask("PUT", "/system/configs/authentication.gatewaytoken.key", { value: gatewayToken });
  return {
    url,
    authorization,
    gatewayToken,
    ask,
    publish: async (version, image) => {
      const module = await create("/softwaremodules", { name: "firmware", version, type: "os" });
      const form = new FormData();
      form.set("file", new Blob([new Uint8Array(Buffer.from(image))]), `firmware-${version}.swu`);
      await request("POST", `/softwaremodules/${module}/artifacts`, form);
      return create("/distributionsets", {
        name: "firmware",
        version,
        type: "os",
        modules: [{ id: module }],
      });
    },
    said: () => server.said(),
    kill: () => server.end("SIGKILL"),
    restart: async () => {
      ({ server } = await launch(folder, port));
    },
    stop: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, wanted: number): Promise<{ server: OwnProcess; port: number }> {
  const server = startProcess("java", [...sparing(folder), "-jar", program(), ...places(folder, wanted)], {
    cwd: folder,
  });
  const port = await answered(
    "hawkBit",
    server,
    async () => /Jetty started on port\(s\) (\d+)[\s\S]*Started HawkbitServer/.exec(server.said())?.[1],
  );
  return { server, port: Number(port) };
}

/** It is to start quickly and to leave memory to others rather than to be fast. */
function sparing(folder: string): string[] {
  return ["-Xmx400m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", `-Djava.io.tmpdir=${folder}`];
}

function places(folder: string, port: number): string[] {
  return [
    `--server.port=${port}`,
    // Written at once: what was acknowledged is still there after a crash.
    `--spring.datasource.url=jdbc:h2:file:${join(folder, "database")};MODE=MYSQL;WRITE_DELAY=0`,
    `--org.eclipse.hawkbit.repository.file.path=${join(folder, "artifacts")}`,
    // When devices asked last, it writes down for all together, every ten seconds by itself: a test would wait for it.
    "--hawkbit.server.repository.pollPersistenceFlushTime=500",
  ];
}

function program(): string {
  const script = join(import.meta.dirname, "../../../scripts/install-hawkbit.sh");
  return execFileSync(script, { encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
}
