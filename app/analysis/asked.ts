import type { GateArm } from "../../core/analysis/gates/arms.ts";
import { digest } from "../../core/evidence/canonical.ts";

/** What a controller asks about: one step of one rollout. */
export type Asked = {
  /** "owner/name" as GitHub spells it. */
  repository: string;
  controller: "argo" | "flagger";
  service: string;
  environment?: string;
  namespace?: string;
  /** The controller's own name for the rollout. */
  run: string;
  step: number;
  /** Percent of the traffic that the candidate has now. */
  weight?: number;
  candidate: GateArm;
  baseline: GateArm;
};

export type Rollout = Omit<Asked, "step" | "weight">;

/**
 * Names a rollout by everything that tells it from others, so that nobody gets the answer of another candidate. The
 * repository is beside it, because repositories are renamed.
 */
export function runOf({
  controller,
  service,
  environment,
  namespace,
  run,
  candidate,
  baseline,
}: Rollout): string {
  return digest({ controller, service, environment, namespace, run, candidate, baseline }).slice(0, 32);
}

export const idOf = (run: string, step: number): string => `${run}-${step}`;
