import { type ChangeFacts, type FactGroup, type KindName, kindNames } from "./facts.ts";
import { filled } from "./filled.ts";

/** Facts of one origin: a file given to us, or reports or telemetry read by us, and whether the run that made them is trusted. */
export type GivenFacts = { facts: ChangeFacts; from: "file" | "reports" | "telemetry"; trusted: boolean };

const givenGroups = [
  "tests",
  "coverage",
  "dependencies",
  "vulnerabilities",
  "performance",
  "context",
  "author",
] as const;

/**
 * Lays given facts under measured ones: what the API or git knows wins, field by field, and a given value fills what
 * they do not know. Kinds and criticality may be added, never taken away. A group counts as untrusted only where an
 * untrusted value came into it.
 */
export function mergeFacts(measured: ChangeFacts, given: GivenFacts): ChangeFacts {
  const { facts, from, trusted } = given;
  const sources = { ...measured.sources };
  const note = (group: FactGroup): void => {
    const before = sources[group];
    sources[group] = { from: before?.from ?? from, trusted: trusted && (before?.trusted ?? true) };
  };
  const result: ChangeFacts = { ...measured };
  for (const group of givenGroups) {
    if (!facts[group]) continue;
    if (addsTo(measured[group], facts[group])) note(group);
    Object.assign(result, { [group]: filled(measured[group], facts[group]) });
  }
  if (!measured.diff && facts.diff) {
    result.diff = facts.diff;
    note("diff");
  }
  // Which change it is, and of which service, an untrusted file does not say: a name picks the scope of the policy.
  if (facts.change && (trusted || !measured.change)) result.change = filled(measured.change, facts.change);
  // The summary of the default branch fills in later what nobody told: a claim beside it would pass for a part of it.
  if (facts.history && !measured.history && trusted) {
    result.history = facts.history;
    note("history");
  }
  if (facts.kinds) result.kinds = addedKinds(measured.kinds, facts.kinds, trusted);
  if (facts.service) {
    const { name, ...nameless } = facts.service;
    result.service = addedService(measured.service, trusted ? { name, ...nameless } : nameless);
  }
  // Services carry a diff of their own: beside a measured one, a given list could say that next to nothing changed.
  if (facts.services && !measured.services && !measured.diff) result.services = facts.services;
  return { ...result, ...(Object.keys(sources).length ? { sources } : {}) };
}

/** True where the given group knows a field that the measured one does not. */
function addsTo<Group extends object>(measured: Group | null | undefined, given: Group): boolean {
  for (const key in given) {
    if (given[key] !== undefined && given[key] !== null && (measured?.[key] ?? null) === null) return true;
  }
  return false;
}

type Kinds = NonNullable<ChangeFacts["kinds"]>;

/**
 * Anybody may claim a kind, except `revert`, which lifts gates and is only ever measured. Only a trusted run may say
 * that a kind is absent: an override or a guardrail would stay silent over it.
 */
function addedKinds(measured: Kinds | null | undefined, given: Kinds, trusted: boolean): Kinds {
  const result: Kinds = { ...measured };
  for (const kind of kindNames.filter((name): name is Exclude<KindName, "revert"> => name !== "revert")) {
    if (given[kind]) result[kind] = true;
    else if (trusted) result[kind] ??= given[kind];
  }
  return result;
}

type Service = NonNullable<ChangeFacts["service"]>;

function addedService(measured: Service | null | undefined, given: Service): Service {
  const critical = measured?.criticality === "critical" || given.criticality === "critical";
  const platforms = [...new Set([...(measured?.platforms ?? []), ...(given.platforms ?? [])])];
  return {
    ...filled(measured, given),
    ...(critical ? { criticality: "critical" as const } : {}),
    ...(platforms.length ? { platforms } : {}),
  };
}
