import { createHash } from "node:crypto";
import type { RolloutPlan, Version } from "../../../core/rollout/plan.ts";
import type { IisArrConfig } from "./config.ts";

/** Which folder a version lives in, and which version lives in a folder. */

export function isPackage({ id }: Version): boolean {
  return /^([A-Za-z]:\\|\\\\)[^<>"|?*\r\n]+\.zip$/i.test(id);
}

/** A version that nobody unpacked for us is called by its folder: that is how the first rollout begins. */
export function isFolder({ id }: Version): boolean {
  return !isPackage({ id }) && /^[A-Za-z]:\\[^<>"|?*\r\n]*[^\\<>"|?*\r\n]$/.test(id);
}

export function folderOf(config: IisArrConfig, version: Version): string {
  if (isFolder(version)) return version.id;
  const hash = createHash("sha256")
    .update(`${version.id}\n${version.digest ?? ""}`)
    .digest("hex")
    .slice(0, 16);
  const base = version.id.split("\\").at(-1) ?? "";
  const readable = base
    .replace(/\.zip$/i, "")
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 60);
  return `${config["versions-folder"]}\\${readable}-${hash}`;
}

export function sha256Of({ digest }: Version): string | null {
  return /^sha256:([0-9a-f]{64})$/.exec(digest ?? "")?.[1] ?? null;
}

/** In the ids of the plan. A folder that the plan does not know is its own name, so that it is equal to neither. */
export function versionIn(config: IisArrConfig, plan: RolloutPlan, path: string): string | null {
  if (samePath(path, folderOf(config, plan.candidate))) return plan.candidate.id;
  // Without a stable version in the plan there is no id for it.
  if (plan.stable === null) return null;
  return samePath(path, folderOf(config, plan.stable)) ? plan.stable.id : path;
}

export function samePath(left: string, right: string): boolean {
  return plain(left) === plain(right);
}

function plain(path: string): string {
  return path.replaceAll("/", "\\").replace(/\\+$/, "").toLowerCase();
}

export function foldersOf(config: IisArrConfig, plan: RolloutPlan): string[] {
  return [plan.candidate, ...(plan.stable === null ? [] : [plan.stable])].map((one) => folderOf(config, one));
}
