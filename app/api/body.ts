import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/** The text of a body up to a limit; what is longer is not read to its end. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  const tooLarge = () =>
    new Problem(
      413,
      "body-too-large",
      `The body is larger than ${limitBytes} bytes, the most that this address takes. Send less at once.`,
      { connection: "close" },
    );
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new Problem(415, "not-json", "The body has to be JSON: send content-type: application/json.");
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("A request's body came as text.");
      size += chunk.length;
      if (size > limitBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem || !request.errored) throw error;
    throw new Problem(400, "body-broken-off", "The body broke off before its end. Send the request again.");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Problem(400, "not-json", "The body is not UTF-8 text, which JSON has to be.");
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 100) : "";
    throw new Problem(400, "not-json", `The body is not JSON: ${why.replaceAll(/[\p{Cc}]/gu, " ")}.`);
  }
}
