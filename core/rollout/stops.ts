import type { Rollouts } from "./fold-stream.ts";
import { digestOf } from "./plan.ts";
import type { SaidOf } from "./said-of.ts";
import type { RolloutState } from "./state.ts";

/** What keeps a rollout from beginning: a candidate that was taken back, and too many rollbacks in too short a time. */

export type StopRules = {
  /** How long a candidate that was taken back stays out. */
  quarantineSeconds: number;
  /** So many automatic rollbacks of a service in so long a time, and nothing goes out until the time is over. */
  breaker: { rollbacks: number; withinSeconds: number };
  /** The same of a whole environment; a person is paged. */
  environment: { rollbacks: number; withinSeconds: number };
};

type Taken = { rollout: string; digest: string; at: number; automatic: boolean; reason: string };

export type StopFound = {
  code: "quarantined" | "breaker-open" | "environment-stopped";
  sentence: string;
  until: string;
};

/** `streams`: the rollouts of every service of the environment, that of the service at hand among them. */
export function stopsOf(
  own: Rollouts,
  others: readonly Rollouts[],
  digest: string,
  rules: StopRules,
  now: string,
  said: SaidOf = { quarantine: null, freed: new Set() },
): StopFound[] {
  const instant = Date.parse(now);
  const found = byHand(said, instant);
  if (isOverruled(own, digest)) return found;
  const taken = takenBack(own);
  const same = taken.filter((one) => one.digest === digest && !said.freed.has(one.rollout)).at(-1);
  const free = (same?.at ?? 0) + rules.quarantineSeconds * 1000;
  if (same !== undefined && instant < free)
    found.push({
      code: "quarantined",
      sentence: `This candidate was taken back at ${iso(same.at)}: ${same.reason}`,
      until: iso(free),
    });
  const service = tooMany(taken, rules.breaker, instant);
  if (service !== null)
    found.push({
      code: "breaker-open",
      sentence: `${service.count} rollouts of this service were taken back in too short a time; it rests.`,
      until: iso(service.until),
    });
  const everywhere = tooMany([own, ...others].flatMap(takenBack), rules.environment, instant);
  if (everywhere !== null)
    found.push({
      code: "environment-stopped",
      sentence: `${everywhere.count} rollouts of this environment were taken back; look for what they share.`,
      until: iso(everywhere.until),
    });
  return found;
}

/** The rollback by which an environment came to stop, while it stops. `all`: the rollouts of each of its services. */
export function stoppingOf(
  all: readonly Rollouts[],
  rule: StopRules["environment"],
  now: string,
): { rollout: string; until: string } | null {
  const taken = all.flatMap(takenBack);
  const stop = tooMany(taken, rule, Date.parse(now));
  const last = stop?.recent[rule.rollbacks - 1];
  return stop === null || last === undefined ? null : { rollout: last.rollout, until: iso(stop.until) };
}

/** What a person said holds whatever became of the version before. */
function byHand({ quarantine }: SaidOf, instant: number): StopFound[] {
  const { at, body } = quarantine ?? {};
  if (at === undefined || body?.until === undefined || instant >= Date.parse(body.until)) return [];
  const sentence = `${body.by} quarantined this candidate at ${iso(Date.parse(at))}: ${body.reason} \`adaptive-deploy quarantine --lift\` frees it.`;
  return [{ code: "quarantined", sentence, until: iso(Date.parse(body.until)) }];
}

/** A person said of this digest that taking it back was wrong, and nothing of it was taken back since. */
function isOverruled(rollouts: Rollouts, digest: string): boolean {
  const last = [...rollouts.values()].filter(({ plan }) => digestOf(plan.candidate) === digest).at(-1);
  return last?.doing.kind === "ended" && last.doing.outcome === "overruled";
}

function takenBack(rollouts: Rollouts): Taken[] {
  return [...rollouts.values()].flatMap((state) => takenOf(state));
}

function takenOf({ plan, doing, turned }: RolloutState): Taken[] {
  if (doing.kind !== "ended" || doing.outcome !== "rolled-back" || turned === null) return [];
  const { automatic, sentence } = turned;
  const { rollout, candidate } = plan;
  return [{ rollout, digest: digestOf(candidate), at: Date.parse(doing.at), automatic, reason: sentence }];
}

function tooMany(
  taken: readonly Taken[],
  { rollbacks, withinSeconds }: StopRules["breaker"],
  now: number,
): { recent: Taken[]; count: number; until: number } | null {
  const recent = taken
    .filter(({ automatic, at }) => automatic && at > now - withinSeconds * 1000)
    .sort((left, right) => left.at - right.at || (left.rollout < right.rollout ? -1 : 1));
  const first = recent[recent.length - rollbacks];
  return first === undefined
    ? null
    : { recent, count: recent.length, until: first.at + withinSeconds * 1000 };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
