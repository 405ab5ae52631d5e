import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { optional } from "../../core/optional.ts";
import { plain } from "../../core/render/escape.ts";
import type { Access } from "./access.ts";
import { configurationFault, fileText } from "./configuration.ts";
import { execToken, execution } from "./exec.ts";

/** The parts of a kubeconfig that say how a cluster is asked. What would ask it in another way is refused by name. */

const cluster = z.looseObject({
  server: z.string(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.base64().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.string().optional(),
});
const user = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.base64().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.base64().optional(),
  exec: execution.nullish(),
});
type User = z.infer<typeof user>;
const kubeconfig = z.looseObject({
  "current-context": z.string().optional(),
  contexts: z.array(
    z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string() }) }),
  ),
  clusters: z.array(z.looseObject({ name: z.string(), cluster })),
  users: z.array(z.looseObject({ name: z.string(), user: user.nullish() })),
});

const unsupported = ["username", "auth-provider", "as", "as-groups", "as-uid", "as-user-extra"];

export async function readKubeconfig(path: string, wanted?: string): Promise<Access> {
  const text = await fileText(path, "the kubeconfig");
  const parsed = kubeconfig.safeParse(asYaml(text));
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw configurationFault(`${path} is no kubeconfig: look at ${where || "its form"}.`);
  }
  const { contexts, clusters, users, "current-context": current } = parsed.data;
  const name = wanted ?? current ?? "";
  const context = named(contexts, name, "context", path).context;
  const place = named(clusters, context.cluster, "cluster", path).cluster;
  const who = named(users, context.user, "user", path).user ?? {};
  const other = unsupported.find((key) => key in who);
  if (other !== undefined)
    throw configurationFault(
      `The user of the context ${plain(name)} in ${path} has ${other}, which is not supported. Allowed: token, tokenFile, a client certificate, exec.`,
    );
  if (place["insecure-skip-tls-verify"] === true)
    throw configurationFault(
      `The cluster of the context ${plain(name)} in ${path} has insecure-skip-tls-verify, and a token is not sent to a server that nobody knows. Name its certificate-authority.`,
    );
  const server = URL.parse(place.server);
  if (server === null || !["https:", "http:"].includes(server.protocol))
    throw configurationFault(`The server of the context ${plain(name)} in ${path} is no address.`);
  const part = partOf(path);
  return {
    server,
    ...optional(
      "authority",
      await part(place["certificate-authority-data"], place["certificate-authority"], "authority"),
    ),
    ...optional("serverName", place["tls-server-name"]),
    ...optional("proxy", place["proxy-url"]),
    ...optional(
      "certificate",
      await part(who["client-certificate-data"], who["client-certificate"], "certificate"),
    ),
    ...optional("key", await part(who["client-key-data"], who["client-key"], "key")),
    token: tokenOf(who, path),
  };
}

function tokenOf({ token, tokenFile, exec }: User, path: string): Access["token"] {
  const folder = dirname(path);
  if (tokenFile !== undefined)
    return async () => (await fileText(resolve(folder, tokenFile), "the token of the kubeconfig")).trim();
  if (exec !== undefined && exec !== null) return execToken(exec, folder);
  return async () => token;
}

/** In the file itself, in base64, or in a file beside it. */
function partOf(path: string) {
  return async (data: string | undefined, file: string | undefined, what: string) => {
    if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
    if (file === undefined) return undefined;
    return fileText(resolve(dirname(path), file), `the ${what} of the kubeconfig`);
  };
}

function named<Entry extends { name: string }>(
  entries: readonly Entry[],
  name: string,
  what: string,
  path: string,
): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const known = entries.map((entry) => plain(entry.name)).join(", ");
  throw configurationFault(`${path} has no ${what} ${JSON.stringify(plain(name))}. It has: ${known}.`);
}

function asYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
