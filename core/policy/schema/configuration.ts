import * as z from "zod";
import { globs, header, serviceName } from "./parts.ts";
import { telemetry } from "./telemetry.ts";

const workflowFile = z
  .string()
  .regex(/^[\w.-]{1,100}\.ya?ml$/, "a workflow is named by its file, for example rollback.yml");

/** `.github/adaptive-deploy.yml` */
export const repositoryConfiguration = z.strictObject({
  ...header,
  policy: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe("A shipped bundle's name (default, regulated, firmware) or a folder of this repository."),
  repositories: globs
    .optional()
    .describe(
      "In an organisation's .github alone: names of the repositories without a configuration of their own that this one speaks for, ! before a name excludes; absent: all.",
    ),
  "policy-bases": z
    .array(z.string())
    .max(50)
    .optional()
    .describe("Bases other than the default branch whose own policy speaks for pull requests into them."),
  ledger: z
    .strictObject({
      home: z
        .enum(["git-branch", "file", "app", "none"])
        .describe("A branch of a repository, a folder, the GitHub App, or nowhere."),
      repository: z
        .string()
        .optional()
        .describe("owner/name of another repository that holds the branch; absent: this one."),
      folder: z.string().optional().describe("Where home is file: the folder."),
      url: z
        .string()
        .max(300)
        .regex(
          /^(https:\/\/[^\s/@?#]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?)\/?$/,
          "an App's address is https:// and its host, with nothing behind it (http:// only on this machine)",
        )
        .optional()
        .describe("Where home is app: the App's address, for example https://deploy.example.com."),
    })
    .optional()
    .describe("Where decisions, approvals and outcomes are recorded."),
  "rollback-workflow": workflowFile
    .optional()
    .describe(
      "File of .github/workflows that `/rollback` starts where no rollout is under way; it takes the inputs service, environment and reason.",
    ),
  "watchdog-workflow": workflowFile
    .optional()
    .describe(
      "File of .github/workflows with `adopt:`, which the App starts for a rollout that nobody drives any more; it takes no inputs.",
    ),
  telemetry: telemetry.optional(),
  reports: globs.optional().describe("Globs of test, coverage and scan reports that are read."),
  service: serviceName.optional().describe("Name of the one service, where there is no services.yaml."),
  environment: z.string().optional().describe("Where changes go; production where absent."),
});
export type RepositoryConfiguration = z.infer<typeof repositoryConfiguration>;
