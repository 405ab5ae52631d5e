import * as z from "zod";

const label = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    "a name of Kubernetes is small letters, digits, dashes and dots",
  );

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
});
