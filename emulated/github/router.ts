import type { Route } from "./route.ts";

/** Finds the route of a path; names that may hold slashes (`ref`, `path`, `basehead`, `branch`) take several parts. */

const greedy = new Set(["ref", "path", "basehead", "branch", "branch_name"]);

export type Match = { route: Route; parameters: Record<string, string> };

type Compiled = { route: Route; pattern: RegExp; names: string[]; weight: number };

function compile(route: Route): Compiled {
  const names: string[] = [];
  const parts = route.path.split("/").map((part) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) return part.replaceAll(".", "\\.");
    names.push(name);
    if (name === "path") return "(.*)";
    return greedy.has(name) ? "(.+)" : "([^/]+)";
  });
  // More literal parts win: `/commits/{ref}/check-runs` before `/commits/{ref}`.
  const weight = parts.filter((part) => !part.startsWith("(")).length;
  return {
    route,
    names,
    weight,
    pattern: new RegExp(`^${parts.join("/").replace(/\/\(\.\*\)$/, "(?:/(.*))?")}/?$`),
  };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export function router(routes: Route[]): (method: string, path: string) => Match | undefined {
  const compiled = routes.map(compile).sort((left, right) => right.weight - left.weight);
  return (method, path) => {
    for (const { route, pattern, names } of compiled) {
      if (route.method !== method) continue;
      const match = pattern.exec(path);
      if (!match) continue;
      const parameters: Record<string, string> = { "": path };
      for (const [index, name] of names.entries()) parameters[name] = decode(match[index + 1] ?? "");
      return { route, parameters };
    }
    return undefined;
  };
}
