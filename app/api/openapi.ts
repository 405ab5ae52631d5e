import * as z from "zod";
import { problemDocument, problemTitles } from "./problem.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";

const always = [400, 401, 403, 429, 500, 503];
const ofBodies = [409, 413, 415, 422];

const described: Record<string, string> = {
  owner: "Owner of the repository.",
  repo: "Name of the repository.",
  stream: "Name of the stream, with / written as %2F.",
  id: "Name of the decision.",
};

/** OpenAPI 3.1, of the very schemas that check requests and that answers are typed by. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "adaptive-deploy",
      version: "1",
      description:
        "Facts in, decisions out, and the ledger. Every answer but this document needs a bearer token.",
    },
    security: [{ actions: [] }, { service: [] }],
    paths,
    components: {
      securitySchemes: {
        actions: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "OIDC token of a job of GitHub Actions, made for the App's address.",
        },
        service: { type: "http", scheme: "bearer", description: "A service token: ad_ and 43 characters." },
      },
      schemas: { Problem: schemaOf(problemDocument, "output") },
    },
  };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: "draft-2020-12" });
  return rest;
}

function operationOf(route: Route): Record<string, unknown> {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const refusals = [...always, ...(route.body ? ofBodies : []), ...(route.refusals ?? [])];
  const problem = (status: number) => [
    status,
    {
      description: problemTitles[status],
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  ];
  const parameters = [
    ...names.map((name) => parameter("path", name, described[name] ?? name)),
    ...Object.entries(route.query ?? {}).map(([name, text]) => parameter("query", name, text)),
    ...(route.body && !route.momentary
      ? [parameter("header", "Idempotency-Key", "Answers the same request once, for 24 hours.")]
      : []),
  ];
  return {
    summary: route.summary,
    description: `Scope of a service token: ${route.scope}.`,
    ...(parameters.length ? { parameters } : {}),
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(route.body, "input") } },
          },
        }
      : {}),
    responses: {
      [route.status]: {
        description: "As asked.",
        content: { "application/json": { schema: schemaOf(route.answer, "output") } },
      },
      ...Object.fromEntries([...new Set(refusals)].sort((left, right) => left - right).map(problem)),
    },
  };
}

function parameter(place: "path" | "query" | "header", name: string, description: string): object {
  return { name, in: place, required: place === "path", description, schema: { type: "string" } };
}
