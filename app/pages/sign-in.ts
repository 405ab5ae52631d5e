import { createHash } from "node:crypto";
import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { PageOptions, SignIn } from "./options.ts";
import { randomText, type Secrets, same } from "./secrets.ts";

/** GitHub's web flow: the state is bound to this browser by a sealed cookie, the code to us by PKCE. */

const place = "sign-in";
export const signInSeconds = 600;
const longestSessionSeconds = 8 * 3600;

const started = z.strictObject({
  state: z.string(),
  verifier: z.string(),
  to: z.string(),
  until: z.number(),
});

const granted = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
});
const viewer = z.looseObject({ login: z.string() });

type Context = { options: PageOptions; signIn: SignIn; secrets: Secrets };

/** Where the browser is sent, and what its cookie holds until it comes back. */
export function beginSignIn({ options, signIn, secrets }: Context, to: string) {
  const [state, verifier] = [randomText(), randomText()];
  const until = options.now().getTime() + signInSeconds * 1000;
  const address = new URL(signIn.authorizeUrl);
  const query = {
    client_id: signIn.clientId,
    redirect_uri: callbackOf(options),
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    allow_signup: "false",
  };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const cookie = secrets.seal(JSON.stringify({ state, verifier, to: localPath(to, options), until }), place);
  return { address: address.href, cookie };
}

export type SignedIn = { login: string; token: string; seconds: number; to: string };

/** Undefined where this browser did not begin the sign-in that comes back, or GitHub does not confirm it. */
export async function finishSignIn(
  context: Context,
  query: URLSearchParams,
  cookie: string | undefined,
): Promise<SignedIn | undefined> {
  const { options, secrets } = context;
  const text = cookie === undefined ? undefined : secrets.open(cookie, place);
  const begun = text === undefined ? undefined : started.parse(JSON.parse(text));
  const [state, code] = [query.get("state"), query.get("code")];
  if (!begun || !state || !code || !same(state, begun.state)) return undefined;
  if (begun.until <= options.now().getTime()) return undefined;
  const grant = await exchange(context, code, begun.verifier);
  if (!grant) return undefined;
  const { data } = await options.ask(grant.access_token).request("GET /user");
  const { login } = viewer.parse(data);
  const seconds = Math.floor(Math.min(grant.expires_in ?? longestSessionSeconds, longestSessionSeconds));
  return { login, token: grant.access_token, seconds, to: begun.to };
}

async function exchange({ options, signIn }: Context, code: string, verifier: string) {
  const response = await fetch(signIn.tokenUrl, {
    method: "POST",
    redirect: "error",
    signal: AbortSignal.timeout(10_000),
    headers: { accept: "application/json" },
    body: new URLSearchParams({
      client_id: signIn.clientId,
      client_secret: signIn.clientSecret,
      code,
      redirect_uri: callbackOf(options),
      code_verifier: verifier,
    }),
  });
  if (!response.ok) {
    throw new UserError(
      "github-unavailable",
      `GitHub answered ${response.status} to a sign-in at ${signIn.tokenUrl}. Try again; githubstatus.com says more.`,
      exitCodes.unavailable,
    );
  }
  const found = granted.safeParse(await response.json());
  return found.success ? found.data : undefined;
}

function callbackOf(options: PageOptions): string {
  return new URL("/sign-in/callback", options.publicUrl).href;
}

/** Nobody is sent elsewhere after a sign-in, whatever the link said. */
export function localPath(to: string, { publicUrl }: Pick<PageOptions, "publicUrl">): string {
  const home = new URL(publicUrl);
  const wanted = URL.parse(to, home.href);
  if (!wanted || !to.startsWith("/") || wanted.origin !== home.origin) return "/";
  const path = wanted.pathname + wanted.search;
  return path.startsWith("//") || path.startsWith("/sign-") ? "/" : path;
}
