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

export async function observeHosts(
  config: IisArrConfig,
  folders: readonly string[],
  ports: IisArrPorts,
): Promise<Reached> {
  const missing = new Map<string, UserError>();
  const asked = [...questions(config, folders)];
  const seen = await Promise.all(
    asked.map(async ([host, document]): Promise<[string, HostSeen][]> => {
      let answer: unknown;
      try {
        answer = await called({ host, verb: "observe", document }, ports);
      } catch (error) {
        if (!(error instanceof UserError) || error.reasonCode !== "target-unavailable") throw error;
        missing.set(host, error);
        return [];
      }
      const parsed = hostSeen.safeParse(answer);
      if (parsed.success) return [[host, parsed.data]];
      const said = changeResult.safeParse(answer);
      if (said.success && !said.data.ok) throw unavailable(`${host}: ${printable(said.data.sentence)}`);
      const [issue] = parsed.error.issues;
      throw refused(
        `${host} answers what this version does not understand (${issue?.path.join(".")}). Is its apply.ps1 that of the same release?`,
      );
    }),
  );
  const hosts = new Map(seen.flat());
  const [first] = missing.values();
  if (hosts.size === 0 && first !== undefined) throw first;
  return { hosts, missing };
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
  const parsed = changeResult.safeParse(await called({ host, verb: "apply", document: set }, ports));
  if (!parsed.success)
    throw unavailable(
      `${host} answers what this version does not understand, and may have stopped half-way.`,
    );
  if (parsed.data.ok) return;
  const { code, sentence } = parsed.data;
  if (code === "overtaken") throw overtaken(set.fencing ?? 0, Number(/\d+/.exec(sentence)?.[0] ?? 0));
  if (code === "busy") throw unavailable(`${host}: ${printable(sentence)}`);
  throw refused(`${host}: ${printable(sentence)} (${printable(code)})`);
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
