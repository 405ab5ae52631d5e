import { createConnection } from "node:net";
import { text } from "node:stream/consumers";

/** Where things are on the machines of the shop; services.yaml and machine/haproxy.cfg name the same. */
const socket = "/run/haproxy/admin.sock";
const backend = "shop";

type Server = { folder: string; url: string };
export const pool: Record<string, Server> = {
  blue: { folder: "/srv/shop/blue", url: "http://127.0.0.1:8081" },
  green: { folder: "/srv/shop/green", url: "http://127.0.0.1:8082" },
};
export const servers: Record<string, Server> = {
  ...pool,
  staging: { folder: "/srv/shop/staging", url: "http://127.0.0.1:8090" },
};

/** What runs there; null: nobody answers. */
export async function versionAt(url: string): Promise<string | null> {
  try {
    return (await (await fetch(`${url}/version`, { signal: AbortSignal.timeout(3000) })).text()).trim();
  } catch {
    return null;
  }
}

/** The bit of HAProxy's for a server that is out of the pool: state `maint`, or `disabled` at its start. */
const maintenance = 1;

/** Servers without traffic. One that drains is not among them: it is the version before, kept warm for the way back. */
export async function outOfPool(): Promise<string[]> {
  const connection = createConnection(socket);
  connection.end(`show servers state ${backend}\n`);
  const rows = (await text(connection)).split("\n").map((line) => line.replace(/^# /, "").split(" "));
  const header = rows.find((row) => row.includes("srv_admin_state")) ?? [];
  const [name, state] = [header.indexOf("srv_name"), header.indexOf("srv_admin_state")];
  return rows.filter((row) => (Number(row[state]) & maintenance) !== 0).map((row) => row[name] ?? "");
}
