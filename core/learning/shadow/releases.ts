import { placeOf } from "../../evidence/summary.ts";
import type { Chain } from "../../ports.ts";
import { type Outcome, outcomeRules, outcomesOf } from "../outcomes.ts";
import { type Decisions, decisionsOf, type Said } from "./said.ts";

/** One release of one service to one environment: what was said of it before, and how it went. Times in seconds. */
export type ShadowRelease = Said & {
  service: string;
  environment: string;
  rollouts: string[];
  commit?: string;
  openedAt: number;
  /** Of its last rollout; what is under way has not ended. */
  endedAt: number;
  went: "pending" | "failed" | "well" | "unknown";
  /** Why it failed, or why nobody can say. */
  because?: string;
};

export type JoinedReleases = {
  releases: ShadowRelease[];
  /** Rollouts of which the ledger holds no decision. */
  undecided: number;
};

/** Every release of the streams, in the order of time; streams may come in any order. */
export function releasesOf(chains: readonly Chain[], now: number, rules = outcomeRules): JoinedReleases {
  let undecided = 0;
  const releases = chains.flatMap(({ stream, events }) => {
    const place = placeOf(stream);
    const decisions = decisionsOf(events, place.service);
    const found = new Map<string, { said: Said; outcomes: Outcome[] }>();
    for (const outcome of outcomesOf(events, now, rules)) {
      const said = saidBefore(outcome, decisions);
      if (said === undefined) undecided += 1;
      else {
        const before = found.get(said.decision)?.outcomes ?? [];
        found.set(said.decision, { said, outcomes: [...before, outcome] });
      }
    }
    return [...found.values()].map(({ said, outcomes }) => ({
      ...said,
      ...place,
      ...begunOf(outcomes),
      ...wentOf(outcomes, now - rules.stableForSeconds),
    }));
  });
  return { releases: releases.sort(byTime), undecided };
}

function saidBefore({ plan, openedAt }: Outcome, decisions: Decisions): Said | undefined {
  const { decision_id: name, commit } = plan;
  const named = name === undefined ? undefined : decisions.named(name);
  return named ?? (commit === undefined ? undefined : decisions.about(commit, openedAt));
}

type Begun = Pick<ShadowRelease, "rollouts" | "openedAt" | "endedAt" | "commit">;

function begunOf(outcomes: readonly Outcome[]): Begun {
  const [first] = outcomes;
  return {
    rollouts: outcomes.map(({ plan }) => plan.rollout),
    openedAt: first?.openedAt ?? 0,
    endedAt: outcomes.reduce((last, { endedAt = Number.POSITIVE_INFINITY }) => Math.max(last, endedAt), 0),
    ...(first?.plan.commit === undefined ? {} : { commit: first.plan.commit }),
  };
}

/**
 * A decision that was rolled out again is one release, which failed where any of its rollouts did. It counts once the
 * time is over in which a good one proves stable: failures are known sooner, and would lead the count otherwise.
 */
function wentOf(outcomes: readonly Outcome[], ripe: number): Pick<ShadowRelease, "went" | "because"> {
  const known = outcomes.flatMap(({ went, endedAt }) =>
    went === "pending" || endedAt === undefined || endedAt > ripe ? [] : [went],
  );
  if (known.length < outcomes.length) return { went: "pending" };
  const failed = known.flatMap((went) => ("failed" in went ? [went.failed] : []));
  if (failed[0]) return { went: "failed", because: failed[0] };
  if (known.some((went) => "well" in went)) return { went: "well" };
  const unknown = known.flatMap((went) => ("unknown" in went ? [went.unknown] : []));
  return { went: "unknown", ...(unknown[0] ? { because: unknown[0] } : {}) };
}

function byTime(one: ShadowRelease, other: ShadowRelease): number {
  const key = ({ environment, service, decision }: ShadowRelease): string =>
    `${environment} ${service} ${decision}`;
  return one.openedAt - other.openedAt || (key(one) < key(other) ? -1 : 1);
}
