import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { UserError } from "../../../core/errors.ts";
import { jsonText } from "../../../core/json-text.ts";
import { plain } from "../../../core/render/escape.ts";
import { networkCode } from "../../telemetry/network-fault.ts";
import { refused, unavailable } from "../faults.ts";

/** The management API of an Eclipse hawkBit, as far as rollouts need it. */
export type Hawkbit = {
  /** Throws where the answer is anything but a 2xx. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** As `ask` with GET, and undefined where there is no such thing. */
  find(path: string): Promise<unknown>;
  /** Every entry of a collection, page by page; the filter is one of hawkBit's own (RSQL). */
  list<Entry>(collection: string, filter: string, entry: z.ZodType<Entry>): Promise<Entry[]>;
  /** How many targets a filter holds: one request, however many they are. */
  count(filter: string): Promise<number>;
  /** Ids of the devices that a filter holds. */
  devices(filter: string): Promise<string[]>;
  download(path: string): Promise<AsyncIterable<Uint8Array>>;
};

export const tokenVariable = "ADAPTIVE_DEPLOY_OTA_TOKEN";
const answerMs = 30_000;
const downloadMs = 30 * 60_000;
/** More than that hawkBit gives in no page. */
const pageSize = 500;
/** hawkBit limits how much one client may ask for in a second. */
const patience = 5;

const total = z.looseObject({ total: z.int().min(0) });
const target = z.looseObject({ controllerId: z.string() });

export function hawkbit(url: string, variable: string, environment: NodeJS.ProcessEnv): Hawkbit {
  const home = `${url.replace(/\/+$/, "")}/rest/v1`;
  const authorization = authorizationOf(variable, environment);

  const send = async (method: string, path: string, body: unknown, ms: number): Promise<Response> => {
    const headers = { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (let tries = 1; ; tries += 1) {
      let response: Response;
      try {
        const signal = AbortSignal.timeout(ms);
        response = await fetch(`${home}${path}`, { ...request, signal, redirect: "error" });
      } catch (error) {
        throw lineFault(error, home);
      }
      if (response.status !== 429 || tries >= patience) return response;
      await response.body?.cancel();
      await sleep(1000);
    }
  };
  const textOf = async (response: Response): Promise<string> => {
    try {
      return await response.text();
    } catch (error) {
      throw lineFault(error, home);
    }
  };
  const ask: Hawkbit["ask"] = async (method, path, body) => {
    const response = await send(method, path, body, answerMs);
    const text = await textOf(response);
    if (!response.ok) throw statusFault(response.status, text, `${method} ${path}`);
    return text === "" ? undefined : asJson(text, `${method} ${path}`);
  };
  const pageOf = async <Entry>(path: string, what: string, entry: z.ZodType<Entry>) =>
    parsed(total.extend({ content: z.array(entry) }), await ask("GET", path), what);
  const list = async <Entry>(
    collection: string,
    filter: string,
    entry: z.ZodType<Entry>,
  ): Promise<Entry[]> => {
    const condition = filter === "" ? "" : `&q=${encodeURIComponent(filter)}`;
    const found: Entry[] = [];
    while (true) {
      const place = `limit=${pageSize}&offset=${found.length}&sort=ID:ASC`;
      const { content, total: all } = await pageOf(`${collection}?${place}${condition}`, collection, entry);
      found.push(...content);
      if (content.length === 0 || found.length >= all) return found;
    }
  };
  return {
    ask,
    find: async (path) => {
      const response = await send("GET", path, undefined, answerMs);
      const text = await textOf(response);
      if (response.status === 404) return undefined;
      if (!response.ok) throw statusFault(response.status, text, `GET ${path}`);
      return asJson(text, `GET ${path}`);
    },
    list,
    count: async (filter) => {
      const path = `/targets?limit=1&q=${encodeURIComponent(filter)}`;
      return parsed(total, await ask("GET", path), "/targets").total;
    },
    devices: async (filter) =>
      (await list("/targets", filter, target)).map(({ controllerId }) => controllerId),
    download: async (path) => {
      const response = await send("GET", path, undefined, downloadMs);
      if (!response.ok) throw statusFault(response.status, await textOf(response), `GET ${path}`);
      if (response.body === null) throw refused(`hawkBit gives nothing for GET ${path}.`);
      return unbroken(response.body, home);
    },
  };
}

async function* unbroken(chunks: AsyncIterable<Uint8Array>, home: string): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw lineFault(error, home);
  }
}

/** What an answer of hawkBit has to hold; anything else is another server's, or another version's. */
export function parsed<Shape>(schema: z.ZodType<Shape>, answer: unknown, what: string): Shape {
  const found = schema.safeParse(answer);
  if (found.success) return found.data;
  throw refused(`hawkBit's answer about ${what} is not understood. Look at its version, and at the address.`);
}

/** `user:password` proves itself as Basic, anything else as a bearer token. */
function authorizationOf(variable: string, environment: NodeJS.ProcessEnv): string {
  const secret = environment[variable]?.trim();
  if (secret === undefined || secret === "")
    throw refused(`${variable} is not set. Put user:password of hawkBit's management API there, or a token.`);
  if (!/^[\x20-\x7e]+$/.test(secret) && !secret.includes(":"))
    throw refused(`${variable} holds what no header may, such as a line break. Set it anew.`);
  return secret.includes(":") ? `Basic ${Buffer.from(secret).toString("base64")}` : `Bearer ${secret}`;
}

const said = z.looseObject({ message: z.string().default("") });

function statusFault(status: number, text: string, what: string): UserError {
  const answer = jsonText.pipe(said).safeParse(text);
  const message = answer.success ? plain(answer.data.message, 300) : "";
  const because = `${plain(what, 120)} (${status})${message === "" ? "" : `: ${message}`}`;
  if (status === 401)
    return unavailable(`hawkBit does not know who asks: ${because}. Renew the token of its management API.`);
  if (status === 403) return refused(`hawkBit gives no right to ${because}.`);
  if (status === 409 || status === 429 || status >= 500) return unavailable(`hawkBit cannot ${because} now.`);
  return refused(`hawkBit refuses ${because}.`);
}

/** Addresses and codes alone, nothing of what was sent. */
function lineFault(error: unknown, home: string): UserError {
  const code = plain(networkCode(error), 60);
  return unavailable(
    `hawkBit at ${home} does not answer (${code}). Look at its address and at the network between.`,
  );
}

function asJson(text: string, what: string): unknown {
  const found = jsonText.safeParse(text);
  if (!found.success) throw refused(`hawkBit's answer to ${plain(what, 120)} is no JSON.`);
  return found.data;
}
