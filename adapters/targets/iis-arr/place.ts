import type { RolloutPlan, Version } from "../../../core/rollout/plan.ts";
import type { Operation, Step } from "./change-set.ts";
import type { IisArrConfig } from "./config.ts";
import { answering, poolTo } from "./operations.ts";
import { folderOf, isPackage, sha256Of } from "./versions.ts";

/** Steps that put a version on one machine. */

export type Place = { site: string; pool: string; "warm-up"?: string | undefined };

/**
 * The version's folder, whole, and no site knows of it yet. Drivers are checked of a candidate alone: a certificate
 * that was withdrawn in the meantime must not stand in the way of going back.
 */
export function unpacked(config: IisArrConfig, plan: RolloutPlan, version: Version, host: string): Step[] {
  if (!isPackage(version)) return [];
  const folder = folderOf(config, version);
  const signers = version.id === plan.candidate.id ? config["driver-signers"] : undefined;
  return on(host, [
    { operation: "unpack", package: version.id, folder, sha256: sha256Of(version) },
    ...(signers === undefined ? [] : [{ operation: "verify-drivers" as const, folder, signers }]),
  ]);
}

/** Nobody is to be sent here while this is done: the pool is stopped in between. */
export function placed(
  config: IisArrConfig,
  plan: RolloutPlan,
  version: Version,
  host: string,
  place: Place,
): Step[] {
  const { site, pool } = place;
  return [
    ...unpacked(config, plan, version, host),
    ...on(host, [
      poolTo(pool, "stopped"),
      { operation: "commit", edits: [{ edit: "path", site, path: folderOf(config, version) }] },
    ]),
    ...started(config, host, place),
  ];
}

export function started(config: IisArrConfig, host: string, { pool, "warm-up": url }: Place): Step[] {
  const seconds = config["healthy-seconds"];
  return on(host, [poolTo(pool, "started"), ...(url === undefined ? [] : [answering(url, seconds)])]);
}

export function on(host: string, operations: readonly Operation[]): Step[] {
  return operations.map((operation) => ({ host, operation }));
}
