import { delimiter, join } from "node:path";
import { configurationFault, fileText } from "./configuration.ts";
import { readKubeconfig } from "./kubeconfig.ts";

/** Who asks a cluster, and where: as `kubectl` would find it, and nothing else of the machine. */
export type Access = {
  server: URL;
  /** Certificates in PEM of who may speak for the server; absent: those that the machine trusts. */
  authority?: string;
  serverName?: string;
  certificate?: string;
  key?: string;
  proxy?: string;
  /** Asked for with every request: a token may be changed under a run that goes on for hours. */
  token(): Promise<string | undefined>;
};

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** `KUBECONFIG`, then the service account of the pod that this runs in, then the file in the home folder. */
export async function accessOf(environment: NodeJS.ProcessEnv, context?: string): Promise<Access> {
  const named = environment.KUBECONFIG;
  if (named !== undefined && named !== "") {
    const paths = named.split(delimiter).filter((path) => path !== "");
    const [path] = paths;
    if (path === undefined || paths.length > 1)
      throw configurationFault(
        `KUBECONFIG names ${paths.length} files. Name one; \`kubectl config view --flatten\` writes several into one.`,
      );
    return readKubeconfig(path, context);
  }
  const inside = await insideAccess(environment);
  if (inside !== null && context === undefined) return inside;
  return readKubeconfig(join(environment.HOME ?? "", ".kube", "config"), context);
}

async function insideAccess(environment: NodeJS.ProcessEnv): Promise<Access | null> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = environment;
  if (host === undefined || host === "") return null;
  const server = URL.parse(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  if (server === null)
    throw configurationFault("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address.");
  const authority = await fileText(join(accountFolder, "ca.crt"), "the authority of the service account");
  const token = join(accountFolder, "token");
  return {
    server,
    authority,
    token: async () => (await fileText(token, "the token of the service account")).trim(),
  };
}
