import * as z from "zod";

/** `build-info.json`: what a build says of itself. */
export const buildInfo = z.strictObject({
  $schema: z.string().optional(),
  schema_version: z.literal(1),
  repository: z.string().optional(),
  commit: z.string(),
  ref: z.string().optional(),
  /** The run that built it; absent on a person's machine. */
  run: z
    .strictObject({
      id: z.string(),
      attempt: z.string(),
      workflow: z.string(),
      url: z.string(),
      event: z.string(),
    })
    .optional(),
  artifacts: z.array(z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string() })),
  reports: z.array(z.strictObject({ path: z.string(), format: z.string() })),
});
export type BuildInfo = z.infer<typeof buildInfo>;
