import { UserError } from "../../../core/errors.ts";
import { printable } from "../../../core/policy/yaml/quoted.ts";
import { overtaken, refused, unavailable } from "../faults.ts";
import { type ChangeSet, changeResult, type Stage } from "./change-set.ts";
import type { IisArrConfig } from "./config.ts";
import { type HostSeen, type Hosts, hostSeen, type Question, questions } from "./host.ts";

/** Asks machines and changes them, through the script that runs there. */

export type Call =
  | { host: string; verb: "observe"; document: Question }
  | { host: string; verb: "apply"; document: ChangeSet };

export type IisArrPorts = {
  /** Runs the script with the document, and gives what it printed. Throws where the machine cannot be reached. */
  run(call: Call): Promise<unknown>;
};

/** Machines that answered, and why others did not. */
export type Reached = { hosts: Hosts; missing: ReadonlyMap<string, UserError> };

/** `without`: machines that fell silent a moment ago, which are not asked again. */
export async function observeHosts(
  config: IisArrConfig,
  folders: readonly string[],
  ports: IisArrPorts,
  without: ReadonlyMap<string, UserError> = new Map(),
): Promise<Reached> {
  const missing = new Map(without);
  const asked = [...questions(config, folders)].filter(([host]) => !without.has(host));
  const seen = await Promise.all(
    asked.map(async ([host, document]): Promise<[string, HostSeen][]> => {
      try {
        return [[host, await seenOn(host, document, ports)]];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        missing.set(host, error);
        return [];
      }
    }),
  );
  const hosts = new Map(seen.flat());
  if (hosts.size === 0) throw missingOf(missing);
  return { hosts, missing };
}

async function seenOn(host: string, document: Question, ports: IisArrPorts): Promise<HostSeen> {
  const answer = await called({ host, verb: "observe", document }, ports);
  const parsed = hostSeen.safeParse(answer);
  if (parsed.success) return parsed.data;
  const said = changeResult.safeParse(answer);
  if (said.success && !said.data.ok) throw unavailable(`${host}: ${printable(said.data.sentence)}`);
  const part = parsed.error.issues[0]?.path.join(".");
  if (part === "mark" || part === "hands_off")
    throw unavailable(
      `${host}: what stands in ${document.state_folder} cannot be read (${part}). Mend or remove it.`,
    );
  throw refused(
    `${host} answers what this version does not understand (${part}). Is its apply.ps1 that of the same release?`,
  );
}

/** All of them in one sentence; none that waiting does not bring back is hidden behind one that it does. */
export function missingOf(missing: ReadonlyMap<string, UserError>, before = ""): UserError {
  const all = [...missing.values()];
  const sentence = `${before}${all.map(({ message }) => message).join(" ")}`;
  return all.some(({ reasonCode }) => reasonCode === "target-refused")
    ? refused(sentence)
    : unavailable(sentence);
}

/** A machine that fell silent in the middle of a change. */
export class Silent extends UserError {
  readonly host: string;

  constructor(host: string, { reasonCode, message, exitCode }: UserError) {
    super(reasonCode, message, exitCode);
    this.host = host;
  }
}

/** One after the other: each rests on those before it. */
export async function applyInOrder(stages: readonly Stage[], ports: IisArrPorts): Promise<void> {
  for (const stage of stages) await applied(stage, ports);
}

/** All at once: none rests on another. */
export async function applyTogether(stages: readonly Stage[], ports: IisArrPorts): Promise<void> {
  const done = await Promise.allSettled(stages.map((stage) => applied(stage, ports)));
  for (const one of done) if (one.status === "rejected") throw one.reason;
}

async function applied({ host, set }: Stage, ports: IisArrPorts): Promise<void> {
  try {
    const parsed = changeResult.safeParse(await called({ host, verb: "apply", document: set }, ports));
    if (!parsed.success)
      throw unavailable(
        `${host} answers what this version does not understand, and may have stopped half-way.`,
      );
    if (!parsed.data.ok) throw faultOf(host, set, parsed.data);
  } catch (error) {
    const silent = error instanceof UserError && error.reasonCode === "target-unavailable";
    throw silent ? new Silent(host, error) : error;
  }
}

function faultOf(host: string, { fencing }: ChangeSet, said: { code: string; sentence: string }): UserError {
  const sentence = `${host}: ${printable(said.sentence)}`;
  if (said.code === "overtaken") return overtaken(fencing ?? 0, Number(/\d+/.exec(said.sentence)?.[0] ?? 0));
  return said.code === "not-free" ? unavailable(sentence) : refused(`${sentence} (${printable(said.code)})`);
}

async function called(call: Call, ports: IisArrPorts): Promise<unknown> {
  try {
    return await ports.run(call);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw unavailable(`${call.host} cannot be asked: ${printable(said)}`);
  }
}
