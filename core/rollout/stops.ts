import type { Rollouts } from "./fold-stream.ts";
import { digestOf } from "./plan.ts";
import type { RolloutState } from "./state.ts";

/** What keeps a rollout from beginning: a candidate that was taken back, and too many rollbacks one after another. */

export type StopRules = {
  /** How long a candidate that was taken back stays out. */
  quarantineSeconds: number;
  /** So many automatic rollbacks of a service in so long a time, and nothing goes out until the time is over. */
  breaker: { rollbacks: number; withinSeconds: number };
  /** The same of a whole environment; a person is paged. */
  environment: { rollbacks: number; withinSeconds: number };
};

type Taken = { digest: string; at: number; automatic: boolean; reason: string };

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
): StopFound[] {
  if (isOverruled(own, digest)) return [];
  const taken = takenBack(own);
  const instant = Date.parse(now);
  const found: StopFound[] = [];
  const same = taken.filter((one) => one.digest === digest).at(-1);
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
      sentence: `${service.count} rollouts of this service were taken back one after another; it rests.`,
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
  if (plan.kind === "back") return [];
  const { automatic, sentence } = turned;
  return [{ digest: digestOf(plan.candidate), at: Date.parse(doing.at), automatic, reason: sentence }];
}

function tooMany(
  taken: readonly Taken[],
  { rollbacks, withinSeconds }: StopRules["breaker"],
  now: number,
): { count: number; until: number } | null {
  const recent = taken
    .filter(({ automatic, at }) => automatic && at > now - withinSeconds * 1000)
    .map(({ at }) => at)
    .sort((left, right) => left - right);
  const first = recent[recent.length - rollbacks];
  return first === undefined ? null : { count: recent.length, until: first + withinSeconds * 1000 };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
