import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import type { Answer } from "./route.ts";
import { renderApp } from "./shapes/user.ts";
import type { App, World } from "./state.ts";

/**
 * GitHub's web flow for people. There is nobody in front of a browser, so that the one who signs in is named by
 * `login`, which GitHub knows as a suggestion; without it a page with everybody's name is shown to choose from.
 */

type Asked = { app: App; redirectUri: string; state: string; challenge: string };
type Code = Asked & { login: string; until: number };

const codes = new WeakMap<World, Map<string, Code>>();
const codeMilliseconds = 600_000;
const tokenSeconds = 28_800;

function codesOf(world: World): Map<string, Code> {
  const known = codes.get(world) ?? new Map<string, Code>();
  codes.set(world, known);
  return known;
}

export const oauthPaths = new Set(["GET /login/oauth/authorize", "POST /login/oauth/access_token"]);

type Incoming = { method: string; path: string; query: URLSearchParams; body: Buffer };

export function serveOauth(world: World, incoming: Incoming): Answer {
  if (incoming.method === "GET") return authorize(world, incoming.query);
  return accessToken(world, formOf(incoming.body));
}

const page = (status: number, raw: string): Answer => ({
  status,
  raw: `<!doctype html><meta charset="utf-8"><title>Emulated GitHub</title>${raw}`,
  headers: { "content-type": "text/html; charset=utf-8" },
});

function authorize(world: World, query: URLSearchParams): Answer {
  const app = [...world.apps.values()].find(
    (one) => renderApp(world, one).client_id === query.get("client_id"),
  );
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!app?.oauth?.callbackUrls.includes(redirectUri))
    return page(404, "<p>No App has this client id and this callback URL.</p>");
  const challenge = query.get("code_challenge_method") === "S256" ? (query.get("code_challenge") ?? "") : "";
  const login = query.get("login");
  if (login === null) return page(200, choice(world, query));
  if (!world.users.has(login.toLowerCase())) return page(404, "<p>Nobody has this name.</p>");
  const code = randomBytes(10).toString("hex");
  const state = query.get("state") ?? "";
  const until = Date.parse(world.now()) + codeMilliseconds;
  codesOf(world).set(code, { app, redirectUri, state, challenge, login, until });
  const back = new URL(redirectUri);
  back.searchParams.set("code", code);
  if (state) back.searchParams.set("state", state);
  return { status: 302, raw: "", headers: { location: back.href } };
}

function choice(world: World, query: URLSearchParams): string {
  const people = [...world.users.values()].filter((user) => user.type === "User");
  const links = people.map(({ login }) => {
    const to = new URLSearchParams(query);
    to.set("login", login);
    return `<li><a href="?${to.toString().replaceAll("&", "&amp;")}">${encodeURIComponent(login)}</a></li>`;
  });
  return `<h1>Emulated GitHub: sign in as</h1><ul>${links.join("")}</ul>`;
}

const tokenRequest = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  code: z.string(),
  redirect_uri: z.string().optional(),
  code_verifier: z.string().default(""),
});

/** GitHub says what is wrong with status 200. */
function refusal(error: string, description: string): Answer {
  return { status: 200, body: { error, error_description: description } };
}

function accessToken(world: World, form: unknown): Answer {
  const asked = tokenRequest.safeParse(form);
  if (!asked.success) return refusal("bad_verification_code", "The code passed is incorrect or expired.");
  const { code, client_id, client_secret, redirect_uri, code_verifier } = asked.data;
  const given = codesOf(world).get(code);
  codesOf(world).delete(code);
  if (!given || given.until < Date.parse(world.now()))
    return refusal("bad_verification_code", "The code passed is incorrect or expired.");
  const genuine =
    renderApp(world, given.app).client_id === client_id && given.app.oauth?.clientSecret === client_secret;
  if (!genuine)
    return refusal("incorrect_client_credentials", "The client_id and/or client_secret are incorrect.");
  if (redirect_uri !== undefined && redirect_uri !== given.redirectUri)
    return refusal("redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL.");
  const proof = createHash("sha256").update(code_verifier).digest("base64url");
  if (given.challenge !== "" && proof !== given.challenge)
    return refusal("bad_verification_code", "The code verifier does not match the challenge.");
  return grant(world, given);
}

function grant(world: World, { login }: Code): Answer {
  const user = world.users.get(login.toLowerCase());
  if (!user) return refusal("bad_verification_code", "The code passed is incorrect or expired.");
  const token = `ghu_${randomBytes(18).toString("hex")}`;
  world.tokens.set(token, { kind: "user", user });
  return {
    status: 200,
    body: { access_token: token, expires_in: tokenSeconds, scope: "", token_type: "bearer" },
  };
}

function formOf(body: Buffer): unknown {
  const text = body.toString("utf8");
  if (!text.startsWith("{")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
