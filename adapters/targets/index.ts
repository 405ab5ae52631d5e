import type { ServiceTarget } from "../../core/policy/schema/targets/index.ts";
import type { Target } from "../../core/ports.ts";
import { kubernetes } from "../kubernetes/client.ts";
import { argoRollouts } from "./argo-rollouts.ts";
import { refused } from "./faults.ts";
import { haproxy } from "./haproxy.ts";
import { powerShell } from "./iis-arr/powershell.ts";
import { iisArr } from "./iis-arr.ts";
import { quarantineImage } from "./ota/quarantine.ts";
import { ota } from "./ota.ts";

/** What a target's adapter may need of the machine that it runs on: tokens and addresses, never policy. */
export type TargetSurroundings = {
  environment: NodeJS.ProcessEnv;
  /** A way back goes to every device of a fleet, and not only to those that were touched. */
  wholeFleet?: boolean;
};

/** Every target by its kind, one line each: the compiler asks for the line of a kind that has none. */
export function openTarget(config: ServiceTarget, surroundings: TargetSurroundings): Target {
  switch (config.kind) {
    case "argo-rollouts":
      return argoRollouts(config, kubernetes(surroundings.environment, config.context));
    case "haproxy":
      return haproxy(config);
    case "iis-arr":
      return iisArr(config, powerShell(config));
    case "ota":
      return ota(config, surroundings);
  }
}

/**
 * Takes a version out of what the target offers by itself, where it does so, and gives the names of what was stopped.
 * Whoever has it keeps it: to take it back is a rollback.
 */
export async function stopOffering(
  config: ServiceTarget,
  surroundings: TargetSurroundings,
  digest: string,
  reason: string,
): Promise<string[]> {
  if (config.kind === "ota") return quarantineImage(config, surroundings, digest, reason);
  throw refused(
    `${config.kind} offers nothing by itself: a version that was rolled back is quarantined by the ledger. Only ota has more to stop.`,
  );
}
