import { analysisRoutes } from "./analysis.ts";
import { decisionRoutes } from "./decisions.ts";
import { eventRoute } from "./events.ts";
import { factsRoute } from "./facts.ts";
import { ledgerRoutes } from "./ledger.ts";
import { policyRoute } from "./policies.ts";
import { Problem } from "./problem.ts";
import type { Route } from "./route.ts";

/** Every address of the API that asks for a token; the document, the dispatch and the tests take theirs from here. */
export const routes: readonly Route[] = [
  factsRoute,
  ...decisionRoutes,
  eventRoute,
  policyRoute,
  ...ledgerRoutes,
  ...analysisRoutes,
];

export type Found = { route: Route; parameters: Record<string, string> };

/** The routes of a path, whatever the method. A part that is spelt out wins over one that is a parameter. */
export function routesAt(path: string): Found[] {
  const parts = path.split("/");
  const found = routes.flatMap((route) => {
    const parameters = parametersOf(route.path.split("/"), parts);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const fewest = Math.min(...found.map(({ parameters }) => Object.keys(parameters).length));
  return found.filter(({ parameters }) => Object.keys(parameters).length === fewest);
}

/** The path of the route that answers, as it is written down; undefined where none does. */
export function templateAt(path: string, method: string): string | undefined {
  try {
    return routesAt(path).find(({ route }) => route.method === method)?.route.path;
  } catch {
    return undefined;
  }
}

function parametersOf(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (wanted.startsWith("{")) {
      const value = decoded(part);
      if (!value) return undefined;
      parameters[wanted.slice(1, -1)] = value;
    } else if (wanted !== part) return undefined;
  }
  return parameters;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Problem(400, "bad-address", "A part of the path is not encoded as UTF-8 in percent signs.");
  }
}
