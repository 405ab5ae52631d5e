import { readFile } from "node:fs/promises";
import { exitCodes, UserError } from "../../core/errors.ts";

export function configurationFault(sentence: string): UserError {
  return new UserError("kubernetes-configuration", sentence, exitCodes.badInput);
}

export async function fileText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw configurationFault(
      `${path} cannot be read, which is ${what}. Look at its path and permissions, or set KUBECONFIG.`,
    );
  }
}
