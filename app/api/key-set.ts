import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import { Problem } from "./problem.ts";

const cooldownMs = 30_000;
const freshMs = 10 * 60_000;
/** With the issuer down, keys that were good are believed for this long. */
const staleMs = 60 * 60_000;
const longestAnswer = 256 * 1024;

const keysDocument = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * The issuer's public keys, kept. They are asked for at the issuer's own address and nowhere else: what a token or a
 * discovery document says about places does not count. An unknown key has them asked for again, at most every 30 s.
 */
export function keySet(issuer: string, now: () => Date): JWTVerifyGetKey {
  const address = `${checkedIssuer(issuer)}/.well-known/jwks`;
  let held: { find: JWTVerifyGetKey; at: number } | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = (): Promise<void> => {
    asking ??= (async () => {
      askedAt = now().getTime();
      held = { find: createLocalJWKSet(await keysAt(address)), at: askedAt };
    })().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const mayAsk = (): boolean => asking !== undefined || now().getTime() - askedAt >= cooldownMs;
  const age = (): number => now().getTime() - (held?.at ?? Number.NEGATIVE_INFINITY);

  return async (header, token) => {
    let fault: unknown;
    if (age() >= freshMs && mayAsk()) fault = await ask().catch((error: unknown) => error ?? "unknown");
    if (held === undefined || age() >= staleMs) throw unavailable(issuer, fault);
    try {
      return await held.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayAsk()) throw error;
      fault = await ask().catch((reason: unknown) => reason ?? "unknown");
      if (fault !== undefined) throw unavailable(issuer, fault);
      return await held.find(header, token);
    }
  };
}

async function keysAt(address: string): Promise<{ keys: { kty: string }[] }> {
  const response = await fetch(address, {
    headers: { accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const text = await response.text();
  if (text.length > longestAnswer) throw new Error("its answer is too long");
  return keysDocument.parse(JSON.parse(text));
}

function unavailable(issuer: string, fault: unknown): Problem {
  const why = fault instanceof Error ? ` (${fault.message.slice(0, 200)})` : "";
  return new Problem(
    503,
    "issuer-unavailable",
    `The keys of the issuer ${issuer} could not be read${why}, so no token of GitHub Actions can be checked. Try again in half a minute.`,
    { "retry-after": "30" },
  );
}

function checkedIssuer(issuer: string): string {
  const url = URL.parse(issuer);
  const loopback = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback)) return issuer.replace(/\/$/, "");
  throw new UserError(
    "not-configured",
    `The issuer of OIDC tokens is "${issuer}"; it has to be an https address, for example https://token.actions.githubusercontent.com.`,
  );
}
