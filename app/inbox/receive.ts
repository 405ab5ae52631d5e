import type { IncomingMessage, ServerResponse } from "node:http";
import { verify } from "@octokit/webhooks-methods";
import { addressOf } from "./address.ts";
import type { Delivery } from "./store.ts";

/** GitHub sends no more than 25 MB. */
const largestWebhookBytes = 25 * 1024 * 1024;

export type Receiving = {
  secret: string;
  appId: string;
  /** Settles once the delivery cannot be lost any more. */
  store(delivery: Delivery): Promise<void>;
  /** Told after the acknowledgement. */
  stored(delivery: Delivery): void;
  warn(sentence: string): void;
};

type Answer = { status: number; message: string };

/** Verifies, stores, and only then acknowledges with 202. Whatever is refused is refused before anything is stored. */
export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  receiving: Receiving,
): Promise<void> {
  const { status, message } = await answerTo(request, receiving);
  response
    .writeHead(status, {
      "content-type": "application/json",
      ...(status === 413 ? { connection: "close" } : {}),
    })
    .end(`${JSON.stringify({ message })}\n`);
}

async function answerTo(request: IncomingMessage, receiving: Receiving): Promise<Answer> {
  if (request.method !== "POST") return { status: 405, message: "Webhooks are sent with POST." };
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (!Number.isInteger(length) || length > largestWebhookBytes)
    return { status: 413, message: "A webhook has at most 25 MB, and says how many." };
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === "string" ? value : "";
  };
  const id = header("x-github-delivery");
  const event = header("x-github-event");
  const signature = header("x-hub-signature-256");
  if (!/^[\w-]{1,100}$/.test(id) || !/^[a-z_]{1,60}$/.test(event))
    return { status: 400, message: "X-GitHub-Delivery and X-GitHub-Event must say which delivery this is." };
  const body = await bodyOf(request, length);
  if (body === undefined || !(await isSigned(receiving.secret, body, signature)))
    return {
      status: 401,
      message: "X-Hub-Signature-256 does not fit this body and the App's webhook secret.",
    };
  const target = header("x-github-hook-installation-target-id");
  if (header("x-github-hook-installation-target-type") === "integration" && target !== receiving.appId)
    return { status: 403, message: "This delivery is for another App." };
  const payload = parsed(body);
  if (payload === undefined)
    return {
      status: 400,
      message: "The body is not JSON. Set the webhook's content type to application/json.",
    };
  const address = addressOf(event, payload);
  if (address === undefined) return { status: 202, message: "Nothing here answers to this event." };
  const delivery = { id, event, address, payload: body };
  try {
    await receiving.store(delivery);
  } catch (error) {
    receiving.warn(
      `The delivery ${id} was not stored: ${error instanceof Error ? error.message : "unknown"}`,
    );
    return { status: 503, message: "The delivery could not be stored. It is asked for again later." };
  }
  receiving.stored(delivery);
  return { status: 202, message: "Stored." };
}

async function isSigned(secret: string, body: string, signature: string): Promise<boolean> {
  return signature !== "" && body !== "" && (await verify(secret, body, signature));
}

async function bodyOf(request: IncomingMessage, length: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > length) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
