import * as z from "zod";

/** The repository whose policy speaks for every repository of the same owner that has none of its own. */
export const organisationRepository = ".github";

/**
 * GitHub answers with an error beside the data where there is no such repository, or none that the token may see. That
 * is no fault: the rest of the answer stands, and without that repository.
 */
export function withoutOrganisation(error: unknown): unknown {
  const answer = partial.safeParse(error).data;
  if (!answer?.errors.every(isOfOrganisation)) throw error;
  return answer.data;
}

const partial = z.object({
  data: z.looseObject({ repository: z.looseObject({}) }),
  errors: z
    .array(z.looseObject({ type: z.string().optional(), path: z.array(z.unknown()).optional() }))
    .min(1),
});

const invisible = ["NOT_FOUND", "FORBIDDEN"];

function isOfOrganisation({
  type,
  path,
}: {
  type?: string | undefined;
  path?: unknown[] | undefined;
}): boolean {
  return path?.[0] === "organisation" && invisible.includes(type ?? "");
}
