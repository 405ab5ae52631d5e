import type { Around } from "../../core/rollout/around.ts";
import type { Rollouts } from "../../core/rollout/fold-stream.ts";
import { lastKnownGood } from "../../core/rollout/known-good.ts";
import { neighboursOf } from "../../core/rollout/neighbours.ts";
import { digestOf, type Version } from "../../core/rollout/plan.ts";
import type { RolloutState } from "../../core/rollout/state.ts";

/** Where a service would go back to, and what went out around it since. */
export type Graph = {
  from: Version;
  /** Null where no earlier version is known to be good. */
  to: Version | null;
  /** The rollout that brought `to`, as far as the ledger reaches. */
  brought: RolloutState | undefined;
  /** Since when `from` has been the stable version. */
  since: string | undefined;
  /** Rollouts of other services in the same environment that completed since then. */
  others: RolloutState[];
};

export async function graphOf(around: Around, own: Rollouts, running: string | null): Promise<Graph | null> {
  const good = lastKnownGood(own);
  const from = running === null ? good?.from : { id: running };
  if (from === undefined) return null;
  const now = completed(own, from);
  // What runs was not brought by the last rollout that completed: then that one's version is the last known good.
  const isLast = good !== null && (digestOf(good.from) === digestOf(from) || good.from.id === from.id);
  const to = isLast ? good.to : (good?.from ?? null);
  const since = now?.doing.kind === "ended" ? now.doing.at : undefined;
  return {
    from: now?.plan.candidate ?? from,
    to,
    brought: to === null ? undefined : completed(own, to),
    since,
    others: since === undefined ? [] : await othersSince(around, since),
  };
}

function completed(rollouts: Rollouts, { id }: Version): RolloutState | undefined {
  return [...rollouts.values()].findLast(
    ({ plan, doing }) => doing.kind === "ended" && doing.outcome === "completed" && plan.candidate.id === id,
  );
}

async function othersSince(around: Around, since: string): Promise<RolloutState[]> {
  return (await neighboursOf(around)).flatMap(({ rollouts }) =>
    [...rollouts.values()].filter(
      ({ plan, doing }) =>
        plan.kind !== "back" && doing.kind === "ended" && doing.outcome === "completed" && doing.at > since,
    ),
  );
}

/** What it is, what it replaces, and what may depend on what goes: lines for whoever presses the button. */
export function graphLines({ from, to, brought, since, others }: Graph): string[] {
  if (to === null) return [];
  const plan = brought?.plan;
  const known = [
    ...(plan?.decision_id === undefined ? [] : [`decision ${plan.decision_id}`]),
    ...(plan?.commit === undefined ? [] : [`commit ${plan.commit.slice(0, 12)}`]),
    ...(brought?.doing.kind === "ended" ? [`stable since ${brought.doing.at}`] : []),
  ];
  const what = known.length === 0 ? "it was there before the ledger's first rollout" : known.join(", ");
  const after = since === undefined ? "" : ` since ${since}`;
  return [
    `Back from ${from.id} to ${to.id} (${what}).`,
    others.length === 0
      ? `No other service of the environment was rolled out${after}, as far as the ledger tells.`
      : `Rolled out${after}, and perhaps made for what goes: ${others.map(({ plan: one }) => `${one.service} ${one.candidate.id}`).join(", ")}.`,
  ];
}
