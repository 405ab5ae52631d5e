import type { AddressInfo } from "node:net";

/** The port that a server was given. */
export function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
