import type * as z from "zod";
import { type Caller, isTrusted } from "./caller.ts";
import type { Attempt } from "./idempotency.ts";
import type { ApiOptions, Installed } from "./options.ts";
import { Problem } from "./problem.ts";
import type { Scope } from "./scopes.ts";
import { repositoryName } from "./shapes.ts";

export type Asked = {
  options: ApiOptions;
  caller: Caller;
  /** The parts of the path that the route names, decoded. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  attempt: Attempt;
};

/** One address: the server dispatches by it, and the OpenAPI document is made of it. */
export type Route = {
  method: "GET" | "POST";
  path: string;
  summary: string;
  scope: Scope;
  query?: Record<string, string>;
  body?: z.ZodType;
  limitBytes?: number;
  /** True where the token may also come as the password of basic authentication, for who can send no header. */
  basic?: boolean;
  /** True where the answer is of its moment: an Idempotency-Key is passed over. */
  momentary?: boolean;
  status: 200 | 201;
  answer: z.ZodType;
  /** Statuses beside those that every address may answer with. */
  refusals?: number[];
  run(asked: Asked, body: unknown): Promise<unknown>;
};

/** A route whose body was checked before `run` sees it. */
export function posting<Body extends z.ZodType>(
  route: Omit<Route, "method" | "body" | "run"> & {
    body: Body;
    run(asked: Asked, body: z.infer<Body>): Promise<unknown>;
  },
): Route {
  const { body, run, ...rest } = route;
  return {
    ...rest,
    method: "POST",
    body,
    run: (asked, json) => {
      const parsed = body.safeParse(json);
      if (parsed.success) return run(asked, parsed.data);
      const said = parsed.error.issues
        .slice(0, 5)
        .map((issue) => `${issue.path.map(String).join(".") || "the body"}: ${issue.message}`);
      throw new Problem(
        422,
        "bad-request",
        `The body is not what POST ${rest.path} takes: ${said.join("; ").slice(0, 1000)}. GET /v1/openapi.json says what it takes.`,
      );
    },
  };
}

const sentenceOf = (name: string): string => name.replaceAll(/[^\w./-]/g, "?").slice(0, 140);

/** The repository, where the caller's token speaks for it and the App is installed on it. */
export async function permitted({ caller, options }: Asked, name: string): Promise<Installed> {
  const own = caller.repository === "*" || caller.repository === name.toLowerCase();
  if (!own) {
    throw new Problem(
      403,
      "other-repository",
      `The token speaks for ${caller.repository}, not for ${sentenceOf(name)}. Use a token of that repository.`,
    );
  }
  const repository = repositoryName.safeParse(name).success ? await options.installed(name) : undefined;
  if (!repository) {
    throw new Problem(
      403,
      "not-installed",
      `The App is not installed on ${sentenceOf(name)}. Install it there, or correct the name.`,
    );
  }
  const id = caller.claims?.repository_id;
  if (id !== undefined && repository.id !== undefined && id !== repository.id) {
    throw new Problem(
      403,
      "other-repository",
      `The token was made in another repository that is called ${sentenceOf(name)}: their numbers differ.`,
    );
  }
  return repository;
}

export function trusts({ caller, options }: Asked, repository: Installed): boolean {
  return isTrusted(caller, repository, options.workflows);
}

/** For what is written to the ledger: a job that a pull request can edit may not. */
export function requireTrusted(asked: Asked, repository: Installed): void {
  const { claims } = asked.caller;
  if (!claims || trusts(asked, repository)) return;
  throw new Problem(
    403,
    "workflow-not-pinned",
    `The workflow ${claims.job_workflow_ref.slice(0, 200)} may not write to the ledger, because a pull request can edit it. Run the job on ${repository.defaultBranch}, or have the App's operator pin a reusable workflow.`,
  );
}
