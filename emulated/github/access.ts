import { createVerify } from "node:crypto";
import type { Level, Role } from "./options.ts";
import { roles } from "./options.ts";
import { notFound, Refusal } from "./refusal.ts";
import { type Need, type Route, repositoryOf } from "./route.ts";
import type { App, Repository, Token, User, World } from "./state.ts";

/** Who is asking, what they may see and what they may do. */

const rank: Record<Level, number> = { read: 1, write: 2, admin: 3 };

/** GitHub holds an App's token against its own clock, and says which of the two is off in these words. */
function wrongTimes(
  { issued, expires }: { issued: number; expires: number },
  now: number,
): string | undefined {
  if (expires < now)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (expires > now + 660) return "'Expiration time' claim ('exp') is too far in the future";
  if (issued > now + 60)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  return undefined;
}

function verifyAppToken(world: World, jwt: string): Token {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  const issuer = claims !== null && typeof claims === "object" && "iss" in claims ? String(claims.iss) : "";
  const expires = claims !== null && typeof claims === "object" && "exp" in claims ? Number(claims.exp) : 0;
  const app = [...world.apps.values()].find((one) => String(one.id) === issuer || one.slug === issuer);
  if (!app?.publicKey) throw new Refusal(401, "A JSON web token could not be decoded");
  const genuine = createVerify("RSA-SHA256")
    .update(`${header}.${payload}`)
    .verify(app.publicKey, signature, "base64url");
  if (!genuine) throw new Refusal(401, "A JSON web token could not be decoded");
  const issued = claims !== null && typeof claims === "object" && "iat" in claims ? Number(claims.iat) : 0;
  const wrong = wrongTimes({ issued, expires }, Date.parse(world.now()) / 1000);
  if (wrong !== undefined) throw new Refusal(401, wrong);
  return { kind: "app", app };
}

export function authenticate(world: World, authorization: string | undefined): Token | null {
  if (!authorization) return null;
  const value = authorization.replace(/^(token|bearer)\s+/i, "");
  const known = world.tokens.get(value);
  if (known) return known;
  if (value.split(".").length === 3) {
    try {
      return verifyAppToken(world, value);
    } catch (error) {
      if (error instanceof Refusal) throw error;
    }
  }
  throw new Refusal(401, "Bad credentials");
}

export function roleOf(repository: Repository, login: string): Role | null {
  return repository.collaborators.get(login.toLowerCase()) ?? null;
}

function covers(token: Token & { kind: "installation" }, repository: Repository): boolean {
  return (
    token.repositories === "all" ||
    token.repositories.some((name) => name.toLowerCase() === repository.fullName.toLowerCase())
  );
}

export function canSee(token: Token | null, repository: Repository): boolean {
  if (!repository.private) return true;
  if (token?.kind === "installation") return covers(token, repository);
  return token?.kind === "user" && roleOf(repository, token.user.login) !== null;
}

function grants(token: Token & { kind: "installation" }, need: Need): boolean {
  const [name = "", level = "read"] = need.split(":");
  const wanted = level === "admin" || level === "write" ? rank[level] : rank.read;
  return (
    rank[token.permissions[name] ?? "read"] >= wanted && (name in token.permissions || name === "metadata")
  );
}

/** What a request needs beyond seeing the repository; an empty list is what any reader may do. */
export function authorize(
  token: Token | null,
  repository: Repository,
  route: Pick<Route, "needs" | "anyone" | "appsOnly">,
): void {
  if (!canSee(token, repository)) throw notFound();
  const writes = route.needs.some((need) => !need.endsWith(":read"));
  if (!writes && !repository.private) return;
  if (!token) throw new Refusal(401, "Requires authentication");
  if (token.kind === "app") throw new Refusal(403, "Resource not accessible by integration");
  if (token.kind === "installation") {
    const granted = route.needs.length === 0 || route.needs.some((need) => grants(token, need));
    if (granted && covers(token, repository)) return;
    const accepted = route.needs.map((need) => need.replace(":", "=")).join("; ");
    throw new Refusal(403, "Resource not accessible by integration", {
      headers: { "x-accepted-github-permissions": accepted },
    });
  }
  if (route.appsOnly) throw new Refusal(403, "You must authenticate via a GitHub App.");
  if (!writes || route.anyone) return;
  const role = roleOf(repository, token.user.login);
  const wanted = route.needs.some((need) => need.endsWith(":write")) ? "write" : "admin";
  if (role === null || roles.indexOf(role) < roles.indexOf(wanted))
    throw new Refusal(403, "Must have admin rights to Repository.");
}

export function authorizeRoute(
  world: World,
  token: Token | null,
  route: Route,
  parameters: Record<string, string>,
): void {
  if (!route.path.startsWith("/repos/{owner}/{repo}")) {
    if (route.appsOnly && token?.kind !== "app")
      throw new Refusal(401, "A JSON web token could not be decoded");
    return;
  }
  const repository = repositoryOf({ world, parameters });
  if (!repository) throw notFound();
  if (token?.kind === "app" && route.operation === "apps/get-repo-installation") return;
  authorize(token, repository, route);
}

/** The person or bot that a write is signed with. */
export function actorOf(token: Token | null): { user: User; app: App | null } {
  if (token?.kind === "user") return { user: token.user, app: null };
  if (token?.kind === "installation") return { user: token.user, app: token.app };
  throw new Refusal(401, "Requires authentication");
}
