import { exitCodes, UserError } from "../core/errors.ts";

const faults: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} of ${host} is taken: another program listens there, perhaps this App. Stop it, or set PORT to another one.`,
  EACCES: (_, port) =>
    `Port ${port} may not be opened by this user. Set PORT to one from 1024 on, and let a proxy listen on the other.`,
  EADDRNOTAVAIL: (host) =>
    `HOST is ${JSON.stringify(host)}, which is no address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all.`,
  ENOTFOUND: (host) => unresolved(host),
  EAI_AGAIN: (host) => unresolved(host),
};

const unresolved = (host: string): string =>
  `HOST is ${JSON.stringify(host)}, a name without an address. Set HOST to 127.0.0.1, or to 0.0.0.0 for all.`;

/** A port that cannot be opened, as a sentence; any other fault as it is. */
export function listeningFault(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const said = Object.hasOwn(faults, code) ? faults[code] : undefined;
  const isOfListening =
    error instanceof Error && "syscall" in error && /^(listen|getaddrinfo)$/.test(String(error.syscall));
  return said && isOfListening ? new UserError("not-configured", said(host, port), exitCodes.usage) : error;
}
