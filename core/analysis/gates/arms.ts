import * as z from "zod";
import type { Arm, ArmName } from "../queries.ts";

/**
 * What a controller knows of the two versions. Names of Kubernetes are plain ASCII; a placeholder that the controller
 * left as it was would otherwise be asked for as a label and find nothing.
 */
export const label = z
  .string()
  .max(200)
  .regex(/^(?!.*\{\{)[\x20-\x7e]*$/, "plain text without {{placeholders}} that nothing filled");

export const gateArm = z.strictObject({
  version: label.optional().describe("Its version or tag; fills $version of queries.yaml."),
  hash: label.optional().describe("Its hash, for example rollouts-pod-template-hash; fills $hash."),
});
export type GateArm = z.infer<typeof gateArm>;

/** Controllers send an empty text for what they do not know. */
export function armOf(name: ArmName, { version, hash }: GateArm): Arm {
  return { name, variables: { ...(version ? { version } : {}), ...(hash ? { hash } : {}) } };
}
