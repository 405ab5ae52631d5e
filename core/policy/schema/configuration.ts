import * as z from "zod";
import { globs, header, serviceName } from "./parts.ts";

/** `.github/adaptive-deploy.yml` */
export const repositoryConfiguration = z.strictObject({
  ...header,
  policy: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe("A shipped bundle's name (default, regulated, firmware) or a folder of this repository."),
  "policy-bases": z
    .array(z.string())
    .max(50)
    .optional()
    .describe("Bases other than the default branch whose own policy speaks for pull requests into them."),
  ledger: z
    .strictObject({
      home: z.enum(["git-branch", "file", "none"]),
      repository: z.string().optional(),
      folder: z.string().optional(),
    })
    .optional(),
  reports: globs.optional(),
  service: serviceName.optional(),
  environment: z.string().optional(),
});
export type RepositoryConfiguration = z.infer<typeof repositoryConfiguration>;
