import type { IncomingMessage } from "node:http";

/**
 * Without a sign-in the page is for this machine alone. The name that the browser asked for counts as well as its
 * address: a foreign site may have its own name point at 127.0.0.1 and so read what the browser gets.
 */
export function fromLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? "";
  const near = address === "::1" || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(address);
  const name = (request.headers.host ?? "").replace(/:\d{1,5}$/u, "").toLowerCase();
  return near && (name === "localhost" || name === "[::1]" || /^127(\.\d{1,3}){3}$/u.test(name));
}
