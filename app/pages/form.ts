import type { IncomingMessage } from "node:http";

const mostBytes = 10_000;

/** A small form; undefined where it is too large to be one of ours, or was sent by another site. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
