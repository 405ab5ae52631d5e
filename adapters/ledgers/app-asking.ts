import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";

export type AppAsked = {
  url: string;
  token: () => Promise<string>;
  path: string;
  /** Present where it is a POST. */
  body?: unknown;
  /** What is thrown where another writer came first. */
  moved?: () => Error;
};

const problem = z.object({ reason_code: z.string(), detail: z.string() });
const mostWaits = 3;
const longestWaitMs = 10_000;
/** Reasons that mean the same on both sides; any other is one of the App's own. */
const sameReasons = new Set(["bad-event", "bad-stream", "event-too-large", "ledger-tampered"]);

/** One question to the App's API. A busy App is asked again, a few times. */
export async function askApp<Shape extends z.ZodType>(
  asked: AppAsked,
  shape: Shape,
): Promise<z.infer<Shape>> {
  const origin = originOf(asked.url);
  for (let count = 1; ; count += 1) {
    const { status, retryAfter, json } = await sent(asked, origin);
    if (status === 429 && count < mostWaits) {
      await sleep(Math.min(longestWaitMs, (retryAfter || 1) * 1000));
      continue;
    }
    if (status >= 200 && status < 300) {
      const read = shape.safeParse(json);
      if (read.success) return read.data;
      throw unavailable(`${origin} answered what no ledger answers. Is it the App's address?`);
    }
    throw refusal(origin, status, json, asked);
  }
}

async function sent({ token, path, body }: AppAsked, origin: string) {
  const secret = await token();
  try {
    const response = await fetch(`${origin}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
    });
    const retryAfter = Number(response.headers.get("retry-after") ?? 0);
    return { status: response.status, retryAfter, json: parsed(await response.text()) };
  } catch (error) {
    const why = error instanceof Error ? error.name : "unknown";
    throw unavailable(`${origin} did not answer (${why}). See whether the App runs there.`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(origin: string, status: number, json: unknown, { moved }: AppAsked): Error {
  const { data } = problem.safeParse(json);
  if (status === 409 && data?.reason_code === "head-moved" && moved) return moved();
  const said = data?.detail.slice(0, 1000) ?? `It answered ${status} without saying why.`;
  if (data && sameReasons.has(data.reason_code)) {
    const tampered = data.reason_code === "ledger-tampered";
    return new UserError(data.reason_code, said, tampered ? exitCodes.unavailable : exitCodes.badInput);
  }
  // A workflow that may not write is told so, as with a token of GitHub that can only read.
  if (status === 401 || status === 403) return refusedBy(origin, said);
  return unavailable(`${origin} refused: ${said}`);
}

function refusedBy(origin: string, said: string): UserError {
  return new UserError("read-only-token", `The App at ${origin} refused: ${said}`, exitCodes.unavailable);
}

export function unavailable(sentence: string): UserError {
  return new UserError(
    "ledger-unavailable",
    `The App's ledger is not available. ${sentence}`,
    exitCodes.unavailable,
  );
}

/** Where the App's API begins; a token is sent there and nowhere else. */
export function originOf(address: string): string {
  const url = URL.parse(address);
  const loopback = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && loopback);
  if (url && safe && !url.username && !url.password && url.pathname === "/" && !url.search) return url.origin;
  throw new UserError(
    "bad-ledger",
    `The ledger's url ${JSON.stringify(address.slice(0, 200))} is not the address of an App: write https:// and its host, with nothing behind it (http:// only on this machine).`,
  );
}
