import type { ChangeFacts, FactGroup, KindName } from "./facts.ts";
import { kindNames } from "./facts.ts";

/** Facts of one origin: a file given to us, or reports read by us, and whether the run that made them is trusted. */
export type GivenFacts = { facts: ChangeFacts; from: "file" | "reports"; trusted: boolean };

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
 * they do not know. Kinds and criticality may be added, never taken away.
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
    Object.assign(result, { [group]: filled(measured[group], facts[group]) });
    note(group);
  }
  if (!measured.diff && facts.diff) {
    result.diff = facts.diff;
    note("diff");
  }
  if (facts.change) result.change = filled(measured.change, facts.change);
  if (facts.history && !measured.history) {
    result.history = facts.history;
    note("history");
  }
  if (facts.kinds) result.kinds = addedKinds(measured.kinds, facts.kinds);
  if (facts.service) result.service = addedService(measured.service, facts.service);
  if (facts.services && !measured.services) result.services = facts.services;
  return { ...result, ...(Object.keys(sources).length ? { sources } : {}) };
}

/** `under` with every known field of `over` laid on it. */
function filled<Group extends object>(over: Group | null | undefined, under: Group): Group {
  const result = { ...under };
  for (const key in over) if (over[key] !== undefined && over[key] !== null) result[key] = over[key];
  return result;
}

type Kinds = NonNullable<ChangeFacts["kinds"]>;

/** A kind may be claimed, except `revert`, which lifts gates and is only ever measured. */
function addedKinds(measured: Kinds | null | undefined, given: Kinds): Kinds {
  const result: Kinds = { ...measured };
  for (const kind of kindNames.filter((name): name is Exclude<KindName, "revert"> => name !== "revert")) {
    if (given[kind]) result[kind] = true;
    else result[kind] ??= given[kind];
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
