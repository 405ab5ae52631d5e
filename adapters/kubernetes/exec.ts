import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { plain } from "../../core/render/escape.ts";
import { unavailable } from "../targets/faults.ts";
import { configurationFault } from "./configuration.ts";

/** A program of the kubeconfig that gives a token, as managed clusters have it (`aws eks get-token` and others). */
export const execution = z.looseObject({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  apiVersion: z.string(),
  interactiveMode: z.string().optional(),
});

const credential = z.looseObject({
  status: z.looseObject({ token: z.string().optional(), expirationTimestamp: z.string().optional() }),
});

const answerMs = 30_000;
/** A token is asked for anew so long before it ends. */
const earlyMs = 60_000;

export function execToken(
  { command, args, env, apiVersion, interactiveMode }: z.infer<typeof execution>,
  folder: string,
): () => Promise<string> {
  let known: { token: string; until: number } | null = null;
  // As kubectl has it: a path with a slash is meant from the kubeconfig on, a bare name from PATH.
  const program = /[\\/]/.test(command) ? resolve(folder, command) : command;
  return async () => {
    if (known !== null && Date.now() < known.until) return known.token;
    if (interactiveMode === "Always")
      throw configurationFault(`${plain(command)}, which the kubeconfig names, wants to ask a person.`);
    const wanted = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    const environment = {
      ...process.env,
      ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(wanted),
    };
    const said = await run(program, args ?? [], environment, command);
    const parsed = credential.safeParse(said);
    const { token, expirationTimestamp } = parsed.data?.status ?? {};
    if (token === undefined)
      throw configurationFault(
        `${plain(command)}, which the kubeconfig names, gave no token. Client certificates from programs are not supported.`,
      );
    const end = Date.parse(expirationTimestamp ?? "");
    known = { token, until: Number.isNaN(end) ? Number.POSITIVE_INFINITY : end - earlyMs };
    return token;
  };
}

/** What it prints is secret: of a program that fails, only its name and its exit are told. */
async function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  shown: string,
): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { env, timeout: answerMs });
    return JSON.parse(stdout);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no JSON";
    throw unavailable(
      `${plain(shown)}, which the kubeconfig names for its token, failed (${plain(code, 40)}). Run it by hand.`,
    );
  }
}
