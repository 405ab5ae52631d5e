import type { IncomingMessage, ServerResponse } from "node:http";
import { verify } from "@octokit/webhooks-methods";
import { noTraces, type Traces } from "../traces.ts";
import { addressOf } from "./address.ts";
import type { Delivery } from "./store.ts";

/** GitHub sends no more than 25 MB. */
const largestWebhookBytes = 25 * 1024 * 1024;
/** Bodies that are being read at one moment: anybody may send one, and only its end shows who signed it. */
const mostBytesAtOnce = 128 * 1024 * 1024;

export type Receiving = {
  secret: string;
  appId: string;
  /** Settles once the delivery cannot be lost any more. */
  store(delivery: Delivery): Promise<void>;
  /** Told after the acknowledgement. */
  stored(delivery: Delivery): void;
  warn(sentence: string): void;
  /** What all bodies that are being read take by now. */
  reading: { bytes: number };
  /** Told what became of each, for metrics. */
  received?(receipt: Receipt): void;
  traces?: Traces;
};

/** What became of a webhook at the door: stored, of no interest, or why it was refused. */
export type Receipt =
  | "stored"
  | "ignored"
  | "method"
  | "size"
  | "headers"
  | "signature"
  | "other-app"
  | "not-json"
  | "unavailable";
type Answer = { receipt: Receipt; status: number; message: string };
const unsigned: Answer = {
  receipt: "signature",
  status: 401,
  message: "X-Hub-Signature-256 does not fit this body and the App's webhook secret.",
};

/** Verifies, stores, and only then acknowledges with 202. Whatever is refused is refused before anything is stored. */
export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  receiving: Receiving,
): Promise<void> {
  const { receipt, status, message } = await answerTo(request, receiving);
  receiving.received?.(receipt);
  response
    .writeHead(status, {
      "content-type": "application/json",
      // A body that was not read is not waited for.
      ...(request.complete ? {} : { connection: "close" }),
    })
    .end(`${JSON.stringify({ message })}\n`);
}

async function answerTo(request: IncomingMessage, receiving: Receiving): Promise<Answer> {
  const since = performance.now();
  if (request.method !== "POST")
    return { receipt: "method", status: 405, message: "Webhooks are sent with POST." };
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (!Number.isInteger(length) || length > largestWebhookBytes)
    return { receipt: "size", status: 413, message: "A webhook has at most 25 MB, and says how many." };
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === "string" ? value : "";
  };
  const id = header("x-github-delivery");
  const event = header("x-github-event");
  const signature = header("x-hub-signature-256");
  if (!/^[\w-]{1,100}$/.test(id) || !/^[a-z_]{1,60}$/.test(event))
    return {
      receipt: "headers",
      status: 400,
      message: "X-GitHub-Delivery and X-GitHub-Event must say which delivery this is.",
    };
  // What cannot be ours is refused before its body is read.
  if (!/^sha256=[0-9a-f]{64}$/.test(signature)) return unsigned;
  const target = header("x-github-hook-installation-target-id");
  if (header("x-github-hook-installation-target-type") === "integration" && target !== receiving.appId)
    return { receipt: "other-app", status: 403, message: "This delivery is for another App." };
  const body = await bodyOf(request, length, receiving.reading);
  const verifying = performance.now();
  if (body === "full")
    return { receipt: "unavailable", status: 503, message: "Too much is being sent at once. Try again." };
  if (body === undefined || !(await isSigned(receiving.secret, body, signature))) return unsigned;
  const payload = parsed(body);
  if (payload === undefined)
    return {
      receipt: "not-json",
      status: 400,
      message: "The body is not JSON. Set the webhook's content type to application/json.",
    };
  const address = addressOf(event, payload);
  if (address === undefined)
    return { receipt: "ignored", status: 202, message: "Nothing here answers to this event." };
  const delivery = { id, event, address, payload: body };
  // Only what GitHub signed gets a span: anybody may send the rest.
  const { span } = receiving.traces ?? noTraces;
  const store = async (): Promise<void> => {
    await span("verify", async () => undefined, { since: verifying });
    await span("store", () => receiving.store(delivery));
  };
  const attributes = { "adaptive_deploy.event": event, "adaptive_deploy.delivery": id };
  try {
    await span("receive", store, { kind: "server", since, attributes, delivery: { id, part: "receipt" } });
  } catch (error) {
    receiving.warn(
      `The delivery ${id} was not stored: ${error instanceof Error ? error.message : "unknown"}`,
    );
    return {
      receipt: "unavailable",
      status: 503,
      message: "The delivery could not be stored. It is asked for again later.",
    };
  }
  receiving.stored(delivery);
  return { receipt: "stored", status: 202, message: "Stored." };
}

async function isSigned(secret: string, body: string, signature: string): Promise<boolean> {
  return body !== "" && (await verify(secret, body, signature));
}

/** Undefined where more came than was announced. */
async function bodyOf(
  request: IncomingMessage,
  length: number,
  reading: Receiving["reading"],
): Promise<string | "full" | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      reading.bytes += bytes.length;
      if (size > length) return undefined;
      if (reading.bytes > mostBytesAtOnce) return "full";
      chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    reading.bytes -= size;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
