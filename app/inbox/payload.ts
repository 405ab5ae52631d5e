import type { Waiting } from "./store.ts";

/**
 * What a delivery says, under the name that its repository has now. A rename moves the row and leaves its text, and
 * under two names one thing would be kept, and done, twice.
 */
export function payloadOf({ payload, repository: now }: Pick<Waiting, "payload" | "repository">): unknown {
  const said: unknown = JSON.parse(payload);
  const before = nameIn(said);
  if (now === null || before === undefined || before === now) return said;
  return JSON.parse(payload, (field, value) => {
    if ((field === "full_name" || field === "repository") && value === before) return now;
    if (field === "deployment_callback_url" && typeof value === "string")
      return value.replace(`/repos/${before}/`, () => `/repos/${now}/`);
    return value;
  });
}

/** A timer's own payload names the repository alone. */
function nameIn(said: unknown): string | undefined {
  const repository = fieldOf(said, "repository");
  const name = typeof repository === "string" ? repository : fieldOf(repository, "full_name");
  return typeof name === "string" ? name : undefined;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === field)?.[1]
    : undefined;
}
