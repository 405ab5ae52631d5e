import type * as z from "zod";
import type { UserError } from "../../core/errors.ts";
import type { haproxy as haproxySchema } from "../../core/policy/schema/targets/haproxy.ts";
import type { Refusal, Target } from "../../core/ports.ts";
import type { TargetEffect } from "../../core/rollout/effect.ts";
import type { Observed } from "../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import { refused, unavailable } from "./faults.ts";
import { type ServerState, serversOf, tellSocket } from "./haproxy-socket.ts";
import { leftFiles } from "./left-files.ts";

export type HaproxyConfig = z.infer<typeof haproxySchema>;

/** A server of the pool with the version that answers there; null: it does not say. */
type Member = ServerState & { version: string | null };

/**
 * Two servers of one backend: the stable version on one, the candidate on the other. Who gets how much is set through
 * the runtime socket, and a server that is out of the pool counts for nothing. What HAProxy forgets at a reload is
 * found missing then, because the mark stands in a file beside the socket.
 */
export function haproxy(config: HaproxyConfig): Target {
  const { socket, backend, servers } = config;
  const left = leftFiles(`${socket}.adaptive-deploy`);

  const members = async (): Promise<[Member, Member]> => {
    const states = await serversOf(socket, backend);
    const found = servers.map(async ({ name, version }) => {
      const state = states.find((one) => one.name === name);
      if (state === undefined)
        throw refused(
          `The backend ${backend} has no server ${name}; it has ${states.map((one) => one.name).join(", ")}.`,
        );
      return { ...state, version: version === undefined ? name : await versionAt(version) };
    });
    const [first, second] = await Promise.all(found);
    if (first === undefined || second === undefined) throw new TypeError("A pool has two servers.");
    return [first, second];
  };

  const wholeCommands = (plan: RolloutPlan, effect: TargetEffect, both: [Member, Member]): string[] =>
    commandsOf(plan, effect, both).map((command) => `set server ${backend}/${command}`);

  return {
    traits: { fenced: false, freezes: false },
    can: async (plan) => refusals(plan, await members()),
    observe: async (plan) => {
      const [both, found] = await Promise.all([members(), left.read()]);
      return { ...observedOf(plan, both), ...found };
    },
    apply: async (plan, effect, mark) => {
      const commands = wholeCommands(plan, effect, await members());
      // A full disk keeps nobody from going back.
      const [marked] = await Promise.allSettled([left.writeMark(mark)]);
      const isMarked = marked.status === "fulfilled";
      if (isMarked || effect.kind === "restore") await tellSocket(socket, commands);
      if (!isMarked) throw marked.reason;
    },
    keepOff: (_plan, handsOff) => left.writeHandsOff(handsOff),
    requests: async (plan, effect) => wholeCommands(plan, effect, await members()),
  };
}

const answerMs = 3000;

async function versionAt(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs), redirect: "error" });
    const text = (await response.text()).trim();
    return response.ok && text !== "" && text.length <= 1000 ? text : null;
  } catch {
    // A server that is down says nothing; whether that matters is the state's to say.
    return null;
  }
}

function refusals(plan: RolloutPlan, both: [Member, Member]): Refusal[] {
  if (plan.kind === "rolling" || plan.kind === "cohorts")
    return [
      {
        code: "unsupported-strategy",
        sentence: `A pool of two servers has no ${plan.kind === "rolling" ? "batches" : "cohorts"}. Allowed: canary, blue-green.`,
      },
    ];
  const part = plan.steps.find(({ share }) => !Number.isInteger(share));
  if (part !== undefined)
    return [
      {
        code: "unsupported-share",
        sentence: `The weights of a pool are whole percents here, and ${part.share} % is none. Round it.`,
      },
    ];
  const runs = both.map(({ name, version }) => `${name} is ${version ?? "silent"}`).join(", ");
  const { stable } = plan;
  if (plan.kind !== "back" && !both.some(({ version }) => version === plan.candidate.id))
    return [
      {
        code: "candidate-not-deployed",
        sentence: `No server of the pool answers as ${plan.candidate.id}: ${runs}. Start it on the server that is out of the pool first.`,
      },
    ];
  if (stable !== null && !both.some(({ version }) => version === null || version === stable.id))
    return [
      {
        code: "stable-not-deployed",
        sentence: `No server of the pool answers as ${stable.id}, so there is no way back to it: ${runs}. Start it on the server that is out of the pool first.`,
      },
    ];
  return [];
}

type Roles = { stable: Member | undefined; candidate: Member | undefined };

/**
 * Who is who by their versions. A server that is silent is known by the one beside it: a candidate that hangs has to be
 * taken out all the same. What answers as something else is neither, and never gets the traffic of either.
 */
function rolesOf(plan: RolloutPlan, both: [Member, Member]): Roles {
  const silent = both.find(({ version }) => version === null);
  const named = (id: string | undefined) => both.find(({ version }) => version === id);
  const stable = plan.stable === null ? undefined : named(plan.stable.id);
  const known = named(plan.candidate.id);
  const candidate = known ?? (stable === undefined || silent === stable ? undefined : silent);
  const beside = candidate === undefined ? undefined : both.find((one) => one !== candidate);
  const isStable = plan.stable === null || beside?.version === null;
  return { candidate, stable: stable ?? (isStable ? beside : undefined) };
}

function observedOf(plan: RolloutPlan, both: [Member, Member]): Omit<Observed, "mark" | "handsOff"> {
  const { stable, candidate } = rolesOf(plan, both);
  const served = both.filter((one) => !one.out && partOf(one) > 0);
  const common = { settled: true, paused: false, faults: [] };
  // Nobody's change, and no way to tell the two apart: what they have is unknown until one of them answers.
  if (both.every(({ version }) => version === null)) {
    const silent = [`Neither ${both.map(({ name }) => name).join(" nor ")} says which version it runs.`];
    return { ...common, stable: null, candidate: null, share: null, ready: false, settled: false, silent };
  }
  if (candidate === undefined || candidate.out || stable === undefined) {
    const [only, other] = served;
    const alone = other === undefined || other.version === only?.version ? (only?.version ?? null) : null;
    return { ...common, stable: alone, candidate: null, share: 0, ready: candidate?.running ?? null };
  }
  const ready = candidate.running && candidate.version !== null;
  if (stable.out) return { ...common, stable: candidate.version, candidate: null, share: 0, ready };
  const [mine, others] = [partOf(candidate), partOf(stable)];
  const total = mine + others;
  const share = total === 0 ? null : Math.round((1000 * mine) / total) / 10;
  const names = { stable: stable.version ?? plan.stable?.id ?? null, candidate: plan.candidate.id };
  return { ...common, ...names, share, ready };
}

function partOf({ drain, weight }: Member): number {
  return drain ? 0 : weight;
}

/** One line for the socket, from the safe side on: who gets more first, who gets less then. */
function commandsOf(plan: RolloutPlan, effect: TargetEffect, both: [Member, Member]): string[] {
  const { stable, candidate } = rolesOf(plan, both);
  if (effect.kind === "pause" || effect.kind === "resume") return [];
  if (effect.kind === "restore") {
    if (stable === undefined) throw noStable(plan, both);
    return [...full(stable), ...(candidate === undefined ? [] : [`${candidate.name} state maint`])];
  }
  if (candidate === undefined) throw unavailable(`No server of the pool answers as ${plan.candidate.id}.`);
  if (effect.kind === "promote")
    return [...full(candidate), ...(stable === undefined ? [] : [`${stable.name} state maint`])];
  if (stable === undefined) throw noStable(plan, both);
  const share = effect.kind === "deploy" ? 0 : effect.share;
  if (share === 100) return [...full(candidate), `${stable.name} state drain`];
  if (share === 0) return [...full(stable), `${candidate.name} state drain`];
  return [
    `${stable.name} weight ${100 - share}`,
    `${stable.name} state ready`,
    `${candidate.name} weight ${share}`,
    `${candidate.name} state ready`,
  ];
}

/** A server that is silent may answer as it yet. */
function noStable({ stable }: RolloutPlan, both: [Member, Member]): UserError {
  const sentence = `No server of the pool answers as ${stable?.id ?? "the stable version"}.`;
  return both.some(({ version }) => version === null) ? unavailable(sentence) : refused(sentence);
}

const full = ({ name }: Member): string[] => [`${name} weight 100`, `${name} state ready`];
