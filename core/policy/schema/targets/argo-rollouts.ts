import * as z from "zod";

const label = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    "a name of Kubernetes is small letters, digits, dashes and dots",
  );

/** Where a resource stands in Git. Policy alone says it: nothing of it comes from what is rolled out. */
const gitFile = z.strictObject({
  path: z
    .string()
    .max(1000)
    .regex(
      /^(?!\/)(?!(.*\/)?\.{1,2}(\/|$))[^\\]*[^\\/]$/,
      "a path from the top of the repository, without . or ..",
    )
    .describe("The one file that names the image: a manifest, a kustomization, or values of a chart."),
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, "owner/name")
    .optional()
    .describe("owner/name of the repository that holds it; absent: this one."),
  branch: z.string().min(1).max(200).optional().describe("Its branch; absent: the default branch."),
});
export type GitFile = z.infer<typeof gitFile>;

export const argoRollouts = z.strictObject({
  kind: z.literal("argo-rollouts"),
  namespace: label.describe("Namespace of the Rollout."),
  name: label.describe("Name of the Rollout."),
  context: z
    .string()
    .max(253)
    .optional()
    .describe("Context of the kubeconfig that the cluster is asked with; its current one where absent."),
  container: label.optional().describe("Container whose image is replaced; the first where absent."),
  source: z
    .enum(["auto", "git", "patch"])
    .optional()
    .describe(
      "git: a GitOps controller owns the resource, and only promote and abort are written; patch: the image is; auto (where absent): git where Argo CD or Flux owns it.",
    ),
  git: gitFile
    .optional()
    .describe("Under git: where the image stands, so that a rollback proposes the revert as a pull request."),
});
