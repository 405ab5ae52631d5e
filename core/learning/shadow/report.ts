import type { ModelCalibration } from "../../change/facts-for-model.ts";
import { changesStream } from "../../evidence/stream.ts";
import { modelDefaults, type PolicyBundle } from "../../policy/schema.ts";
import { thresholdsFor } from "../../policy/scope.ts";
import type { Chain } from "../../ports.ts";
import { calibrationOf, driftSentence } from "../drift.ts";
import { comparedOf } from "./asked.ts";
import type { ShadowReport } from "./document.ts";
import { feedbackOf } from "./feedback.ts";
import { releasesOf, type ShadowRelease } from "./releases.ts";
import { type Place, serviceShadow } from "./service.ts";

/** Times in seconds since 1970; a place that is not named is every one. */
export type ShadowQuestion = Partial<Place> & { now: number; since: number };

/** What weights and model said of the releases of a ledger, and how those went. */
export function shadowReport(
  chains: readonly Chain[],
  policy: PolicyBundle,
  { now, since, service, environment }: ShadowQuestion,
): ShadowReport {
  const { releases: all, undecided } = releasesOf(chains, now);
  const calibration = calibrationIn(all, policy);
  const rules = (place: Partial<Place>) => thresholdsFor(policy.thresholds, place).model ?? {};
  const driftAt = (place: Partial<Place>): string | null =>
    driftSentence(calibration, policy.model?.version ?? "", rules(place).drift) ?? null;
  const asked = all.filter(
    (one) =>
      one.openedAt >= since &&
      (service === undefined || one.service === service) &&
      (environment === undefined || one.environment === environment),
  );
  const labels = (policy.model?.broken === undefined ? policy.model?.model.trained?.rows : undefined) ?? null;
  const services = placesOf(asked).map((place) => {
    const own = asked.filter((one) => isAt(one, place));
    const compared = own.map((one) => comparedOf(one, policy)).filter((one) => one !== undefined);
    return serviceShadow(place, own, compared, rules(place), { labels, drift: driftAt(place) });
  });
  return {
    schema_version: 1,
    kind: "adaptive-deploy/shadow",
    at: instant(now),
    since: instant(since),
    model: policy.model ? { version: policy.model.version, labels } : null,
    calibration: calibration ?? null,
    drift: driftAt({}),
    services,
    feedback: feedbackOf(chains.find(({ stream }) => stream === changesStream)?.events ?? [], since),
    undecided,
  };
}

/** For `history.json`: how the outcomes of the model in force fit what it said; undefined where there are none. */
export function calibrationNow(
  chains: readonly Chain[],
  policy: PolicyBundle,
  now: number,
): ModelCalibration | undefined {
  return calibrationIn(releasesOf(chains, now).releases, policy);
}

function calibrationIn(
  releases: readonly ShadowRelease[],
  { model, thresholds }: PolicyBundle,
): ModelCalibration | undefined {
  const spoken = model === undefined ? [] : spokenBy(model.version, releases);
  if (model === undefined || spoken.length === 0) return undefined;
  const { factor } = { ...modelDefaults.drift, ...thresholds.defaults.model?.drift };
  return calibrationOf(model.version, spoken, factor);
}

/**
 * One change counts once, however many services and environments it was brought to: those go wrong together, and would
 * pass for so many refutations. It failed where any of them did. In the order in which it became known, so that every look
 * goes on from the one before.
 */
function spokenBy(version: string, releases: readonly ShadowRelease[]) {
  const changes = new Map<
    string,
    { probability: number; failed: boolean; pending: boolean; knownAt: number }
  >();
  for (const { model, went, commit, decision, endedAt } of releases) {
    if (model?.version !== version || went === "unknown") continue;
    const key = commit ?? decision;
    const before = changes.get(key);
    changes.set(key, {
      probability: before?.probability ?? model.probability,
      failed: (before?.failed ?? false) || went === "failed",
      pending: (before?.pending ?? false) || went === "pending",
      knownAt: Math.max(before?.knownAt ?? 0, endedAt),
    });
  }
  return [...changes.values()]
    .filter(({ pending }) => !pending)
    .sort((one, other) => one.knownAt - other.knownAt);
}

function placesOf(releases: readonly ShadowRelease[]): Place[] {
  const names = new Map(
    releases.map(({ service, environment }) => [`${environment} ${service}`, { service, environment }]),
  );
  return [...names].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, place]) => place);
}

function isAt(one: Place, { service, environment }: Place): boolean {
  return one.service === service && one.environment === environment;
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
