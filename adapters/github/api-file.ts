import * as z from "zod";
import { whenNeeded } from "./when-needed.ts";

/** Files of a change as the API lists them, for a pull request and for a comparison alike. */
export const apiFile = whenNeeded(() =>
  z.object({
    filename: z.string(),
    previous_filename: z.string().optional(),
    status: z.string(),
    additions: z.int().nonnegative(),
    deletions: z.int().nonnegative(),
    changes: z.int().nonnegative(),
    patch: z.string().optional(),
    /** Ends in the commit that the file is of. */
    contents_url: z.string().nullish(),
  }),
);
export type ApiFile = z.infer<ReturnType<typeof apiFile>>;
