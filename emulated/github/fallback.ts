import type { IncomingMessage } from "node:http";
import type { Emulator } from "emulate";
import type { Answer } from "./route.ts";
import type { World } from "./state.ts";

/**
 * Paths that this emulator does not serve itself go to `emulate`, which is started when the first one is asked for:
 * users, organisations, teams, releases, labels of a repository, search. See README.md for what that leaves out.
 */

export type Fallback = {
  answer(request: IncomingMessage, path: string, body: Buffer): Promise<Answer | undefined>;
  close(): Promise<void>;
};

function seedOf(world: World) {
  const organisations = new Set([...world.repositories.values()].map((one) => one.owner.login));
  const users = [...world.users.values()].filter((one) => one.type === "User");
  return {
    tokens: Object.fromEntries(
      [...world.tokens].flatMap(([token, about]) =>
        about.kind === "user"
          ? [[token, { login: about.user.login, scopes: ["repo", "user", "admin:org"] }]]
          : [],
      ),
    ),
    github: {
      users: users.map(({ login, name, email }) => ({ login, name, email })),
      orgs: [...organisations].map((login) => ({ login, name: login })),
      repos: [...world.repositories.values()].map((one) => ({
        owner: one.owner.login,
        name: one.name,
        private: one.private,
        default_branch: one.defaultBranch,
      })),
    },
  };
}

/** What is not git: for the rest of a repository emulate would answer from a history of its own making. */
const served =
  /^\/(users|orgs|teams|search\/users)(\/|$)|^\/repos\/[^/]+\/[^/]+\/(labels|milestones|releases|topics|hooks)(\/|$)/;

async function start(world: World): Promise<Emulator> {
  const { createEmulator } = await import("emulate");
  return createEmulator({ service: "github", port: 0, seed: seedOf(world) });
}

export function fallback(world: World): Fallback {
  let started: Promise<Emulator> | undefined;
  return {
    async answer(request, path, body) {
      if (!served.test(path)) return undefined;
      started ??= start(world);
      const other = await started;
      const url = new URL(request.url ?? "/", other.url);
      const response = await fetch(new URL(path + url.search, other.url), {
        method: request.method ?? "GET",
        headers: {
          ...(request.headers.authorization ? { authorization: request.headers.authorization } : {}),
          ...(body.length > 0 ? { "content-type": "application/json" } : {}),
        },
        ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      });
      const text = await response.text();
      const type = response.headers.get("content-type") ?? "application/json; charset=utf-8";
      return { status: response.status, raw: text, headers: { "content-type": type } };
    },
    async close() {
      await (await started)?.close();
    },
  };
}
