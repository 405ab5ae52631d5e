import type { RolloutResource } from "./resource.ts";

/** Who brings the resource back to what Git says, by what Argo CD and Flux write on what they own. */
function gitOwner({ metadata: { labels, annotations = {} } }: RolloutResource): string | null {
  if ("argocd.argoproj.io/tracking-id" in annotations || "argocd.argoproj.io/instance" in labels)
    return "Argo CD";
  const fluxed = ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"];
  return fluxed.some((key) => key in labels) ? "Flux" : null;
}

export type Source = "git" | "patch";
/** As the policy has it; `auto`, or nothing: by the owner. */
export type AskedSource = "auto" | Source | undefined;

export function sourceOf(asked: AskedSource, rollout: RolloutResource): Source {
  if (asked === "git" || asked === "patch") return asked;
  return gitOwner(rollout) === null ? "patch" : "git";
}
