import type { LedgerEvent } from "../evidence/event.ts";
import type { EventOf } from "./events.ts";
import { type Believes, believed } from "./fold-stream.ts";
import { digestOf, isNamed, type Version } from "./plan.ts";

/** What people said of one version, whichever rollout brings it, in the order of the ledger. */
export type SaidOf = {
  quarantine: EventOf<"quarantine"> | null;
  /** Rollouts of it that had ended when somebody let it in again: that they were taken back keeps it out no more. */
  freed: ReadonlySet<string>;
};

export function saidOf(events: readonly LedgerEvent[], version: Version, believes?: Believes): SaidOf {
  const rollouts = new Set<string>();
  const ended = new Set<string>();
  let said: SaidOf = { quarantine: null, freed: new Set() };
  for (const event of believed(events, believes)) {
    if (event.kind === "quarantine") {
      if (!isNamed(version, event.body.digest)) continue;
      const isLift = event.body.until === undefined;
      said = isLift
        ? { quarantine: null, freed: new Set(ended) }
        : { ...said, quarantine: longer(said.quarantine, event) };
    } else if (event.kind === "rollout") {
      if (digestOf(event.body.plan.candidate) === digestOf(version)) rollouts.add(event.body.rollout);
    } else if (event.kind === "outcome") ended.add(event.body.rollout);
    else if (
      event.kind === "command" &&
      event.body.command === "overrule" &&
      rollouts.has(event.body.rollout)
    )
      said = { ...said, quarantine: null };
  }
  return said;
}

/** Nobody shortens one by saying another: that would lift it. */
function longer(before: SaidOf["quarantine"], event: EventOf<"quarantine">): EventOf<"quarantine"> {
  return before !== null && ends(before) > ends(event) ? before : event;
}

function ends({ body }: EventOf<"quarantine">): number {
  return Date.parse(body.until ?? "");
}
