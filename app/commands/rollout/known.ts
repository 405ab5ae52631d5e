import type { RolloutCommand } from "../../../core/commands/rollout.ts";
import { foldLease, type LeaseState } from "../../../core/evidence/lease.ts";
import { parseStream, serviceStream } from "../../../core/evidence/stream.ts";
import { didYouMean } from "../../../core/policy/suggest.ts";
import type { Ledger } from "../../../core/ports.ts";
import { code } from "../../../core/render/escape.ts";
import { foldStream, unfinished } from "../../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { means } from "../../../core/rollout/status.ts";
import { type Answer, type RolloutAsking, refuse } from "../answer.ts";
import type { Said } from "../event.ts";

export type Found = { stream: string; state: RolloutState; lease: LeaseState };

/** What is under way, or the last that was: of each service and environment one, as far as the command names them. */
export async function lastRollouts(
  { service, environment }: Pick<RolloutCommand, "service" | "environment">,
  ledger: Ledger,
  { said, here }: Pick<RolloutAsking, "said" | "here">,
): Promise<Found[]> {
  const streams =
    service !== undefined && environment !== undefined
      ? [serviceStream(environment, service)]
      : (await ledger.streams()).filter((stream) => isMeant(stream, service, environment));
  const read = await Promise.all(
    streams.map(async (stream): Promise<Found[]> => {
      const { events } = await ledger.read(stream);
      const rollouts = foldStream(events);
      const named = said.rollout === undefined ? undefined : rollouts.get(said.rollout);
      const state = unfinished(rollouts) ?? named ?? [...rollouts.values()].at(-1);
      return state === undefined ? [] : [{ stream, state, lease: foldLease(events) }];
    }),
  );
  return read.flat().filter(({ state }) => here.isOwn(state.plan));
}

function isMeant(stream: string, service?: string, environment?: string): boolean {
  const name = parseStream(stream);
  return (
    name?.kind === "service" &&
    (service ?? name.service) === name.service &&
    (environment ?? name.environment) === name.environment
  );
}

/** The rollout that a command means: the one it names, the one that the incident is of, or the only one there is. */
export function meantBy(
  command: RolloutCommand,
  found: readonly Found[],
  { said, now }: { said: Said; now: string },
): Found | Answer {
  const { word, service, environment } = command;
  const isNamed = service !== undefined || environment !== undefined;
  const own = isNamed ? undefined : found.find(({ state }) => state.plan.rollout === said.rollout);
  if (own !== undefined) return own;
  const going = found.filter(({ state }) => state.doing.kind !== "ended");
  const changed =
    word === "status" || going.length > 0 ? going : found.filter(({ state }) => means(state, word, now));
  const meant = changed.length > 0 ? changed : isNamed ? found : [];
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (meant.length > 1) {
    const named = meant.slice(0, 10).map(({ state }) => code(placeOf(state)));
    return {
      done: false,
      reason: "several-rollouts",
      markdown: `More than one is meant: ${named.join(", ")}. Write the command again with one of these behind its word.`,
    };
  }
  const where = [service, environment].filter((one) => one !== undefined).join(" in ");
  return refuse("no-rollout", `No rollout${where === "" ? "" : ` of ${where}`} is under way.`);
}

export function nothingKnown(
  { service, environment }: { service: string; environment: string },
  { policy }: RolloutAsking["here"],
): Answer {
  const known = (policy.services?.services ?? []).map(({ name }) => name);
  return refuse(
    "no-rollout",
    `Nothing is known of ${service} in ${environment}${didYouMean(service, known)}. Services: ${known.join(", ") || "none"}.`,
  );
}

export function othersRollout({ repository = "another repository" }: RolloutState["plan"]): Answer {
  return refuse("no-rollout", `What is under way there is of ${repository}. Write it there.`);
}

export function isService(service: string, { policy }: RolloutAsking["here"]): boolean {
  return (policy.services?.services ?? []).some(({ name }) => name === service);
}

export function placeOf({ plan }: Pick<RolloutState, "plan">): string {
  return `service=${plan.service} environment=${plan.environment}`;
}
