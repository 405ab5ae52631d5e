import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";

const answer = z.object({ value: z.string().min(1) });
const payload = z.object({ exp: z.number() });
const marginMs = 60_000;

/**
 * The OIDC token of a job of GitHub Actions, made for one audience. It is asked for when it is first needed, kept while
 * it is good, and never written anywhere.
 */
export function oidcToken(about: {
  environment: Record<string, string | undefined>;
  audience: string;
  now?: () => number;
}): () => Promise<string> {
  const { environment, audience, now = Date.now } = about;
  let kept: { token: string; until: number } | undefined;
  return async () => {
    if (kept && now() < kept.until) return kept.token;
    const token = await asked(environment, audience);
    kept = { token, until: expiryOf(token) - marginMs };
    return token;
  };
}

async function asked(environment: Record<string, string | undefined>, audience: string): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret } = environment;
  const url = URL.parse(address ?? "");
  if (!url || !secret) {
    throw fault(
      "read-only-token",
      "This job has no OIDC token for the App's API. Give it `permissions: id-token: write`; a run of a fork never has one.",
    );
  }
  url.searchParams.set("audience", audience);
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${secret}`, accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return answer.parse(await response.json()).value;
    throw fault(
      "ledger-unavailable",
      `The runner answered ${response.status} to the question for an OIDC token. Run the job again.`,
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.name : "unknown";
    throw fault("ledger-unavailable", `The runner gave no OIDC token (${why}). Run the job again.`);
  }
}

function fault(reasonCode: string, sentence: string): UserError {
  return new UserError(reasonCode, sentence, exitCodes.unavailable);
}

/** A token whose end cannot be read is used once. */
function expiryOf(token: string): number {
  try {
    const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    return payload.parse(JSON.parse(text)).exp * 1000;
  } catch {
    return 0;
  }
}
