import type * as z from "zod";
import type { Level } from "./options.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import type { Repository, Token, World } from "./state.ts";

/** One operation of GitHub's API: its OpenAPI name, where it is served, what it needs, and what it does. */

export type Call = {
  world: World;
  token: Token | null;
  parameters: Record<string, string>;
  query: URLSearchParams;
  accept: string;
  /** The parsed JSON body; undefined where none was sent. */
  body: unknown;
};
export type RepositoryCall = Call & { repository: Repository };

export type Answer = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  raw?: Buffer | string;
};

/** Alternatives: any one suffices. `checks:write` names an App permission and its level. */
export type Need = `${string}:${Level}`;

export type Route = {
  operation: string;
  method: string;
  path: string;
  needs: Need[];
  /** Where a person needs no write role, as for comments. */
  anyone: boolean;
  /** Where only an App's token may. */
  appsOnly: boolean;
  handle(call: Call): Promise<Answer>;
};

type About = {
  operation: string;
  path: string;
  needs?: Need[];
  anyone?: boolean;
  appsOnly?: boolean;
};

function split(about: About): Pick<Route, "operation" | "method" | "path" | "needs" | "anyone" | "appsOnly"> {
  const [method = "", path = ""] = about.path.split(" ");
  return {
    operation: about.operation,
    method,
    path,
    needs: about.needs ?? [],
    anyone: about.anyone ?? false,
    appsOnly: about.appsOnly ?? false,
  };
}

export function route(about: About, handle: (call: Call) => Answer | Promise<Answer>): Route {
  return { ...split(about), handle: async (call) => handle(call) };
}

/** A route below `/repos/{owner}/{repo}`; who may see the repository was settled before (see access.ts). */
export function repositoryRoute(
  about: About,
  handle: (call: RepositoryCall) => Answer | Promise<Answer>,
): Route {
  return route(about, (call) => {
    const repository = repositoryOf(call);
    if (!repository) throw notFound();
    return handle({ ...call, repository });
  });
}

export function repositoryOf(call: Pick<Call, "world" | "parameters">): Repository | undefined {
  const { owner, repo } = call.parameters;
  return owner && repo ? call.world.repositories.get(`${owner}/${repo}`.toLowerCase()) : undefined;
}

export const ok = (body: unknown, headers?: Record<string, string>): Answer => ({
  status: 200,
  body,
  ...(headers ? { headers } : {}),
});
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

/** The body as a route wants it, or GitHub's 422. */
export function bodyOf<Shape>(call: Call, shape: z.ZodType<Shape>): Shape {
  const parsed = shape.safeParse(call.body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal(422, `Invalid request.\n\n${issue?.message ?? ""}`, {
    errors: [{ field: issue?.path.join("."), code: "invalid" }],
  });
}

export function numberOf(call: Call, name: string): number {
  const value = Number(call.parameters[name]);
  if (!Number.isSafeInteger(value)) throw notFound();
  return value;
}

/** One page of a list with GitHub's Link header; `wrap` puts it where the operation wants it. */
export async function paged<Item>(
  call: Call,
  items: Item[],
  render: (item: Item) => unknown | Promise<unknown>,
  wrap: (page: unknown[], total: number) => unknown = (page) => page,
): Promise<Answer> {
  const perPage = Math.min(Math.max(Number(call.query.get("per_page") ?? 30) || 30, 1), 100);
  const page = Math.max(Number(call.query.get("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / perPage), 1);
  const rendered = await Promise.all(items.slice((page - 1) * perPage, page * perPage).map(render));
  const links: string[] = [];
  const link = (to: number, rel: string): void => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(to));
    links.push(`<${call.world.url}${call.parameters[""] ?? ""}?${query}>; rel="${rel}"`);
  };
  if (page > 1) link(page - 1, "prev");
  if (page < last) link(page + 1, "next");
  if (page < last) link(last, "last");
  if (page > 1) link(1, "first");
  return ok(wrap(rendered, items.length), links.length > 0 ? { link: links.join(", ") } : undefined);
}

export { invalid, notFound, Refusal };
