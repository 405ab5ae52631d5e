import {
  type ChangeFacts,
  criticalities,
  type KindName,
  kindNames,
  platforms,
  targets,
} from "../../change/facts.ts";
import { modes, strategyKinds } from "../schema.ts";
import {
  count,
  type Decided,
  days,
  decision,
  either,
  list,
  milliseconds,
  type NameSpec,
  percent,
  rollout,
  score,
  share,
  text,
  yesNo,
} from "./name.ts";
import type { Phase, Value } from "./tree.ts";

const kindMeanings: Record<KindName, string> = {
  db_schema: "The change alters a database schema.",
  kernel_driver: "The change touches kernel or driver code.",
  firmware: "The change touches firmware.",
  driver_signing: "The change brings a new driver signing.",
  infrastructure: "The change touches infrastructure.",
  hotfix: "The change is a hotfix.",
  revert: "The change takes back a recently released one exactly.",
  backport: "The change is a backport.",
  policy: "The change edits the policy itself.",
};

const kinds = kindNames.map((kind): [string, NameSpec] => [
  `kinds.${kind}`,
  decision({ ...yesNo(kindMeanings[kind]), alias: kind }, (facts) => facts.kinds?.[kind]),
]);

/** Every name of the language. The docs table, the checks, the errors and the look-up all derive from it. */
export const registry: [string, NameSpec][] = Object.entries({
  env: either(
    text("Environment; prod/production, stage/staging and dev/development are the same, as are capitals."),
    (_, decided) => decided.environment,
  ),
  environment: either(text("Environment, exactly as written."), (_, decided) => decided.environment),
  service: either(text("Service that the decision is for."), (_, decided) => decided.service),
  strategy: either(
    text("Kind of strategy that was chosen.", strategyKinds),
    (_, decided) => decided.strategy,
  ),
  mode: either(text("How far the policy binds.", modes), (_, decided) => decided.mode),

  risk_score: decision(score("Risk score."), (_, decided) => decided.risk_score),
  band_score: decision(
    score("Score that the band is looked up with: the risk score plus caution, at most 100."),
    (_, decided) => decided.band_score,
  ),
  worst_score: decision(
    score("Score if every unknown fact were at its worst."),
    (_, decided) => decided.worst_score,
  ),
  rank: decision(
    percent("Recent changes that are less risky by the model, where it is enforced.", {
      least: 0,
      most: 100,
    }),
    (_, decided) => decided.rank,
  ),
  probability: decision(
    share("Calibrated probability that the change fails, by the model, where it is enforced."),
    (_, decided) => decided.probability,
  ),
  platforms: decision(list("Platforms of the service.", platforms), (facts) => facts.service?.platforms),
  criticality: decision(
    text("Criticality of the service.", criticalities),
    (facts) => facts.service?.criticality,
  ),
  target: decision(text("What moves the service's traffic.", targets), (facts) => facts.service?.target),
  base_branch: decision(text("Branch that the change goes into."), (facts) => facts.change?.base_branch),
  author_is_bot: decision(yesNo("A bot wrote the change."), (facts) => facts.change?.author_is_bot),
  from_fork: decision(yesNo("The change comes from a fork."), (facts) => facts.change?.from_fork),
  owners: decision(list("Owners of the touched files."), (facts) => facts.diff?.owners),
  languages: decision(list("Languages of the touched files."), languagesOf),
  ...Object.fromEntries(kinds),

  "diff.files": decision(count("Files that count."), (facts) => facts.diff?.files),
  "diff.additions": decision(count("Added lines that count."), (facts) => facts.diff?.additions),
  "diff.deletions": decision(count("Deleted lines that count."), (facts) => facts.diff?.deletions),
  "diff.directories": decision(count("Directories touched."), (facts) => facts.diff?.directories),
  "diff.entropy": decision(
    share("How evenly the changed lines spread over the files."),
    (facts) => facts.diff?.entropy,
  ),
  "diff.churn": decision(
    count("Commits in 30 days to the busiest touched file."),
    (facts) => facts.diff?.churn,
  ),

  "tests.total": decision(count("Tests that ran."), (facts) => facts.tests?.total),
  "tests.failed": decision(count("Tests that failed."), (facts) => facts.tests?.failed),
  "tests.flaky": decision(count("Flaky tests among those that ran."), (facts) => facts.tests?.flaky),
  "tests.integration_failed": decision(
    count("Integration tests that failed."),
    (facts) => facts.tests?.integration_failed,
  ),
  "tests.hardware_total": decision(
    count("Hardware-in-the-loop tests that ran."),
    (facts) => facts.tests?.hardware_total,
  ),
  "tests.hardware_failed": decision(
    count("Hardware-in-the-loop tests that failed."),
    (facts) => facts.tests?.hardware_failed,
  ),
  "tests.driver_passed": decision(yesNo("The driver tests passed."), (facts) => facts.tests?.driver_passed),
  "coverage.percent": decision(
    percent("Lines covered.", { least: 0, most: 100 }),
    (facts) => facts.coverage?.percent,
  ),
  "coverage.delta": decision(
    percent("Coverage against the base, in percentage points.", { least: -100, most: 100 }),
    (facts) => facts.coverage?.delta,
  ),
  "dependencies.added": decision(count("Dependencies added."), (facts) => facts.dependencies?.added),
  "dependencies.updated": decision(count("Dependencies updated."), (facts) => facts.dependencies?.updated),
  "dependencies.removed": decision(count("Dependencies removed."), (facts) => facts.dependencies?.removed),
  "dependencies.major": decision(
    count("Dependencies with a new major version."),
    (facts) => facts.dependencies?.major,
  ),
  "vulnerabilities.critical": decision(
    count("Critical vulnerabilities."),
    (facts) => facts.vulnerabilities?.critical,
  ),
  "vulnerabilities.high": decision(count("High vulnerabilities."), (facts) => facts.vulnerabilities?.high),
  "vulnerabilities.medium": decision(
    count("Medium vulnerabilities."),
    (facts) => facts.vulnerabilities?.medium,
  ),
  "performance.latency_percent": decision(
    percent("Latency against the base; up is worse.", { least: -100 }),
    (facts) => facts.performance?.latency_percent,
  ),
  "performance.memory_percent": decision(
    percent("Memory against the base; up is worse.", { least: -100 }),
    (facts) => facts.performance?.memory_percent,
  ),
  "performance.throughput_percent": decision(
    percent("Throughput against the base; up is better.", { least: -100 }),
    (facts) => facts.performance?.throughput_percent,
  ),
  "history.failure_rate": decision(
    share("Past changes to the touched modules that failed."),
    (facts) => facts.history?.failure_rate,
  ),
  "history.days_since_rollback": decision(
    { ...days("Days since the last rollback."), alias: "days_since_rollback" },
    (facts) => facts.history?.days_since_rollback,
  ),
  "history.days_since_incident": decision(
    { ...days("Days since the last incident."), alias: "days_since_incident" },
    (facts) => facts.history?.days_since_incident,
  ),
  "context.requests_per_second": decision(
    { type: "number", unit: "per second", least: 0, meaning: "Traffic of the service." },
    (facts) => facts.context?.requests_per_second,
  ),
  "context.peak": decision(yesNo("It is a peak hour in the calendar."), (facts) => facts.context?.peak),
  "context.change_window": decision(
    text("Change window in the calendar.", ["open", "closed"]),
    (facts) => facts.context?.change_window,
  ),
  "context.freeze": decision(
    text('Name of the freeze in force; `""` where none is.'),
    (facts) => facts.context?.freeze,
  ),
  "context.error_budget_left_percent": decision(
    percent("Error budget left; below 0 it is overspent.", { most: 100 }),
    (facts) => facts.context?.error_budget_left_percent,
  ),
  "context.driver_signature_verified": decision(
    yesNo("The driver's signature is verified."),
    (facts) => facts.context?.driver_signature_verified,
  ),
  "context.quarantine": decision(
    text('Why the candidate is in quarantine; `""` where it is not.'),
    (facts) => facts.context?.quarantine,
  ),
  "context.cooldown": decision(
    text('Why the service is cooling down; `""` where it is not.'),
    (facts) => facts.context?.cooldown,
  ),

  "canary.error_rate": rollout(share("Requests that failed.")),
  "canary.success_rate": rollout(share("Requests that succeeded.")),
  "canary.latency_p50": rollout(milliseconds("Median latency.")),
  "canary.latency_p95": rollout(milliseconds("95th percentile of latency.")),
  "canary.latency_p99": rollout(milliseconds("99th percentile of latency.")),
  "canary.requests_per_second": rollout({
    type: "number",
    unit: "per second",
    least: 0,
    meaning: "Traffic of the canary.",
  }),
  "canary.saturation": rollout(share("How much of its tightest resource is in use.")),
  "canary.crash_loops": rollout(count("Instances in a crash loop.")),
  "canary.restarts": rollout(count("Restarts in the window.")),
  error_budget_left: rollout({
    type: "number",
    unit: "share",
    most: 1,
    meaning: "Error budget left; below 0 it is overspent.",
  }),
  burn_rate: rollout({
    type: "number",
    unit: "times",
    least: 0,
    meaning: "Error budget spent, as a multiple of the even pace.",
  }),
  weight: rollout(percent("Traffic that the canary has.", { least: 0, most: 100 })),
  elapsed: rollout({ type: "number", unit: "duration", least: 0, meaning: "Time since the rollout began." }),
});

const byName = new Map(registry);
const canonicalNames = new Map(
  registry.flatMap(([name, spec]): [string, string][] =>
    spec.alias === undefined
      ? [[name, name]]
      : [
          [name, name],
          [spec.alias, name],
        ],
  ),
);

export function nameSpec(name: string): NameSpec | undefined {
  return byName.get(name);
}

/** The one spelling that the tree holds: `db_schema` becomes `kinds.db_schema`. */
export function canonicalName(written: string): string | undefined {
  return canonicalNames.get(written);
}

/** A multiple of the baseline has a meaning only for what is measured on both sides. */
export function hasBaseline(name: string): boolean {
  return name.startsWith("canary.");
}

/** Names that a condition of this phase may use, aliases left out. */
export function namesIn(phase: Phase): string[] {
  return registry.filter(([, spec]) => spec.phase === phase || spec.phase === "both").map(([name]) => name);
}

/** All spellings, to find the one that was meant. */
export function allSpellings(): Iterable<string> {
  return canonicalNames.keys();
}

/** What a lookup for `evaluate` knows at decision time. An absent fact stays unknown. */
export function decisionNames(facts: ChangeFacts, decided: Decided): (name: string) => Value | undefined {
  return (name) => byName.get(canonicalName(name) ?? "")?.read?.(facts, decided) ?? undefined;
}

function languagesOf(facts: ChangeFacts): string[] | undefined {
  const languages = facts.diff?.languages;
  return languages ? Object.keys(languages) : undefined;
}
