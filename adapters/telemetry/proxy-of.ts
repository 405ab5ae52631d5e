type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for an address; small letters count before capitals. */
export function proxyOf(url: URL, environment: Environment): string | undefined {
  const read = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name] || undefined;
  const proxy = read(url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  const except = (read("NO_PROXY") ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  return except.some((entry) => covers(entry.toLowerCase(), url)) ? undefined : proxy;
}

/** `*`, a host, a domain with all below it (with or without its dot), each with or without a port. */
function covers(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === "*") return true;
  const [, host = "", wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  const realPort = port || (protocol === "https:" ? "443" : "80");
  if (wantedPort !== undefined && wantedPort !== realPort) return false;
  const domain = host.replace(/^\*?\./, "");
  const name = hostname.toLowerCase();
  return name === domain || name.endsWith(`.${domain}`);
}
