import { readFile, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

/** Who asks, and where. */
export type Access = { server: string; authority: string; token: string };

const kubeconfig = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.url(), "certificate-authority-data": z.base64() }) }))
    .length(1),
  users: z.array(z.object({ user: z.object({ token: z.string() }) })).length(1),
});

export async function readKubeconfig(path: string): Promise<Access> {
  const { clusters, users } = kubeconfig.parse(parse(await readFile(path, "utf8")));
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (!cluster || !user) throw new Error(`${path} names no cluster or no user.`);
  const authority = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
  return { server: cluster.server, authority, token: user.token };
}

export async function writeKubeconfig(path: string, { server, authority, token }: Access): Promise<void> {
  const cluster = { server, "certificate-authority-data": Buffer.from(authority).toString("base64") };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "plane", cluster }],
    users: [{ name: "account", user: { token } }],
    contexts: [{ name: "plane", context: { cluster: "plane", user: "account" } }],
    "current-context": "plane",
  };
  // JSON is YAML too.
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
}
