/** What GitHub's answers say of the requests that are left: the App's own, or one installation's. */
export type RateLimit = {
  installation?: number;
  resource: string;
  remaining: number;
  resetsAtMs: number;
};

/** GitHub names many resources, and could name any: only these are told apart. */
const told = ["core", "graphql", "search"];

/** The fewest that are left to anyone, since whoever has none left waits. A window that ended is forgotten. */
export function rateLimits(now: () => number) {
  const latest = new Map<string, RateLimit>();
  const forgetEnded = (): void => {
    for (const [key, { resetsAtMs }] of latest) if (resetsAtMs <= now()) latest.delete(key);
  };
  return {
    note(limit: RateLimit): void {
      const resource = told.includes(limit.resource) ? limit.resource : "other";
      latest.set(`${limit.installation ?? "app"} ${resource}`, { ...limit, resource });
      if (latest.size > 1000) forgetEnded();
    },
    fewest(): Map<string, number> {
      forgetEnded();
      const fewest = new Map<string, number>();
      for (const { resource, remaining } of latest.values())
        fewest.set(resource, Math.min(remaining, fewest.get(resource) ?? remaining));
      return fewest;
    },
  };
}
