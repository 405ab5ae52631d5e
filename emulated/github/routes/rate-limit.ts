import { type Call, ok, type Route, route } from "../route.ts";

function limits(call: Call) {
  const limit = call.world.limits.requestsPerHour;
  const reset = Math.ceil(Date.parse(call.world.now()) / 1000) + 3600;
  return { limit, remaining: limit, reset, used: 0 };
}

export const rateLimitRoutes: Route[] = [
  route({ operation: "rate-limit/get", path: "GET /rate_limit" }, (call) => {
    const core = limits(call);
    return ok({ resources: { core, search: core, graphql: core }, rate: core });
  }),
];
