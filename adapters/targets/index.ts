import { optional } from "../../core/optional.ts";
import type { GitFile } from "../../core/policy/schema/targets/argo-rollouts.ts";
import type { ServiceTarget } from "../../core/policy/schema/targets/index.ts";
import type { Target } from "../../core/ports.ts";
import { kubernetes } from "../kubernetes/client.ts";
import { argoRollouts, type GitRevert } from "./argo-rollouts.ts";
import { haproxy } from "./haproxy.ts";
import { powerShell } from "./iis-arr/powershell.ts";
import { iisArr } from "./iis-arr.ts";
import { freeImage, quarantineImage } from "./ota/quarantine.ts";
import { ota } from "./ota.ts";

/** What a target's adapter may need of the machine that it runs on: tokens and addresses, never policy. */
export type TargetSurroundings = {
  environment: NodeJS.ProcessEnv;
  /** Who proposes that Git goes back too, where a token is at hand. */
  gitRevert?: (file: GitFile) => GitRevert | undefined;
};

/** Who stopped a version, why, and until when. */
export type Stopped = { by: string; reason: string; until: string };

/** Every target by its kind, one line each: the compiler asks for the line of a kind that has none. */
export function openTarget(config: ServiceTarget, surroundings: TargetSurroundings): Target {
  switch (config.kind) {
    case "argo-rollouts":
      return argoRollouts(
        config,
        kubernetes(surroundings.environment, config.context),
        optional("gitRevert", config.git && surroundings.gitRevert?.(config.git)),
      );
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
  stopped: Stopped,
): Promise<string[]> {
  return config.kind === "ota" ? quarantineImage(config, surroundings, digest, stopped) : [];
}

/** Takes away what keeps a version from being offered. */
export async function offerAgain(
  config: ServiceTarget,
  surroundings: TargetSurroundings,
  digest: string,
): Promise<string[]> {
  return config.kind === "ota" ? freeImage(config, surroundings, digest) : [];
}
