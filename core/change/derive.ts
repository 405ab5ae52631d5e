import { calendarFacts } from "../policy/calendar.ts";
import { defaultEnvironment } from "../policy/environment.ts";
import type { PolicyBundle } from "../policy/schema.ts";
import { scoreFacts } from "../risk/score.ts";
import type { WeightRules } from "./classify/weight.ts";
import { countedFiles, deriveDiff } from "./diff.ts";
import { type ChangedFile, type ChangeFacts, type KindName, kindNames } from "./facts.ts";
import type { PastOfFiles } from "./facts-for-model.ts";
import { pastOf } from "./files-table.ts";
import { filled } from "./filled.ts";
import { failureRateOf, type HistorySummary, historyFacts } from "./history.ts";
import { deriveKinds } from "./kinds.ts";
import { declaredService, touchedServices } from "./services.ts";

/** What stands around a change when it is decided on. */
export type Surroundings = {
  environment: string;
  /** One service by name: the decision is for it alone. */
  service?: string;
  history?: HistorySummary;
  /** Absent: the calendar is not asked, and what it would say stays unknown. */
  now?: Date;
};

type Kinds = NonNullable<ChangeFacts["kinds"]>;

/**
 * From facts as measured to facts for the decision: lines of weight 0 dropped, kinds told from paths, services
 * matched, history turned into "typical", and the clock into "peak", "window" and "freeze".
 */
export function deriveFacts(measured: ChangeFacts, policy: PolicyBundle, around: Surroundings): ChangeFacts {
  const files = measured.diff?.changed_files ?? undefined;
  const kinds = kindsOf(measured, policy, files);
  const facts: ChangeFacts = {
    ...measured,
    ...(measured.diff ? { diff: diffOf(measured, policy, files) } : {}),
    ...(kinds ? { kinds } : {}),
    service: {
      ...measured.service,
      name: around.service ?? measured.service?.name ?? nameOfRepository(measured.change?.repository),
      environment: around.environment,
    },
    context: {
      ...measured.context,
      ...dayOf(policy, around),
      ...timesOf(measured, policy, around, kinds ?? {}, around.service),
    },
  };
  facts.coverage = coverageOf(measured, around.history);
  // What the summary knows wins: a given file could otherwise silence it.
  const told = historyOf(facts, policy, files, around.history);
  facts.history = measured.history ? filled(told, measured.history) : told;
  const services = servicesOf(measured, policy, around, files);
  return services ? { ...facts, services } : facts;
}

/** Facts as measured are derived under the policy; those that name no files any more were derived before, and stand. */
export function derivedOnce(facts: ChangeFacts, policy: PolicyBundle): ChangeFacts {
  if (!facts.diff?.changed_files) return facts;
  const { name, environment } = facts.service ?? {};
  return deriveFacts(facts, policy, {
    environment: environment ?? defaultEnvironment,
    ...(policy.services?.services.some((service) => service.name === name) && name ? { service: name } : {}),
  });
}

function diffOf(
  measured: ChangeFacts,
  policy: PolicyBundle,
  files: ChangedFile[] | undefined,
): ChangeFacts["diff"] {
  if (!files) return measured.diff;
  const derived = deriveDiff(files, weightRulesOf(policy));
  return { ...derived, owners: measured.diff?.owners, incomplete: measured.diff?.incomplete };
}

function weightRulesOf({ weights }: PolicyBundle): WeightRules {
  return { notCounted: weights["not-counted"], counted: weights.counted };
}

/** A kind told from the paths stands; one that was measured or given may add to it, and not take away. */
function kindsOf(
  measured: ChangeFacts,
  policy: PolicyBundle,
  files: ChangedFile[] | undefined,
): Kinds | undefined {
  if (!files) return measured.kinds ?? undefined;
  const patterns = policy.weights.kinds ?? {};
  const incomplete = Boolean(measured.diff?.incomplete);
  const derived = deriveKinds(files, measured.change?.title ?? undefined, patterns, { incomplete });
  const result: Kinds = {};
  for (const kind of kindNames) result[kind] = either(derived[kind], measured.kinds?.[kind]);
  return result;
}

function either(left: boolean | null | undefined, right: boolean | null | undefined): boolean | undefined {
  if (left || right) return true;
  return left ?? right ?? undefined;
}

function servicesOf(
  measured: ChangeFacts,
  policy: PolicyBundle,
  around: Surroundings,
  files: ChangedFile[] | undefined,
): ChangeFacts["services"] {
  if (!policy.services) return measured.services;
  if (!files && measured.services) return servicesAsGiven(measured.services, around.service);
  const all = touchedServices(policy.services, files ?? []);
  const named = around.service === undefined ? undefined : declaredService(policy.services, around.service);
  const touched = named
    ? [all.find(({ service }) => service === named) ?? { service: named, files: files ?? [] }]
    : all;
  return touched.map(({ service, files: own }) => {
    const facts = { ...measured, ...(files ? { diff: { ...measured.diff, changed_files: own } } : {}) };
    const kinds = kindsOf(facts, policy, files ? own : undefined);
    const past = pastIn(around.history, measured, policy, files && own);
    return {
      name: service.name,
      platforms: service.platforms,
      criticality: service.criticality,
      diff: diffOf(facts, policy, files ? own : undefined),
      kinds,
      context: timesOf(measured, policy, around, kinds ?? {}, service.name),
      failure_rate:
        around.history &&
        failureRateOf(
          around.history,
          own.map((file) => file.path),
        ),
      ...(past ? { past } : {}),
    };
  });
}

/** A report knows the head's coverage; the summary of the default branch knows what it was before. */
function coverageOf(measured: ChangeFacts, summary: HistorySummary | undefined): ChangeFacts["coverage"] {
  const { percent, delta } = measured.coverage ?? {};
  const before = summary?.coverage_percent;
  if (percent == null || delta != null || before === undefined) return measured.coverage;
  return { percent, delta: Math.round((percent - before) * 1e6) / 1e6 };
}

function historyOf(
  facts: ChangeFacts,
  policy: PolicyBundle,
  files: ChangedFile[] | undefined,
  summary: HistorySummary | undefined,
): ChangeFacts["history"] {
  if (!summary) return undefined;
  return historyFacts(summary, {
    isBot: facts.change?.author_is_bot ?? false,
    files: (files ?? []).map((file) => file.path),
    past: pastIn(summary, facts, policy, files),
    score: (past) => scoreFacts(past, policy.weights).score,
  });
}

/** Of a part of the files nothing can be said of all. */
function pastIn(
  summary: HistorySummary | undefined,
  { diff }: ChangeFacts,
  policy: PolicyBundle,
  files: ChangedFile[] | undefined,
): PastOfFiles | undefined {
  const rows = summary?.files?.rows;
  if (!rows || !files || diff?.incomplete) return undefined;
  return pastOf(countedFiles(files, weightRulesOf(policy)), (path) => rows[path]);
}

/** Facts that were derived before hold no files to match; the services that they name still stand. */
function servicesAsGiven(
  services: NonNullable<ChangeFacts["services"]>,
  wanted: string | undefined,
): NonNullable<ChangeFacts["services"]> {
  return wanted === undefined ? services : services.filter((service) => service.name === wanted);
}

type Times = Pick<NonNullable<ChangeFacts["context"]>, "peak" | "change_window" | "freeze">;

/** What the calendar says now; a peak, a closed window or a freeze that was told besides holds up as well. */
function timesOf(
  measured: ChangeFacts,
  policy: PolicyBundle,
  around: Surroundings,
  kinds: Kinds,
  service: string | undefined,
): Times | undefined {
  if (!policy.calendar || !around.now) return undefined;
  const present: KindName[] = kindNames.filter((kind) => kinds[kind]);
  const { peak, change_window, freeze } = calendarFacts(policy.calendar, around.now, {
    environment: around.environment,
    ...(service === undefined ? {} : { service }),
    kinds: present,
  });
  const told = measured.context;
  return {
    peak: peak || told?.peak === true,
    change_window: told?.change_window === "closed" ? "closed" : change_window,
    freeze: freeze || told?.freeze || "",
  };
}

/** A day and no instant: the facts of one day are equal. */
function dayOf({ model }: PolicyBundle, { now }: Surroundings): { day?: string } {
  return model && now ? { day: now.toISOString().slice(0, 10) } : {};
}

function nameOfRepository(repository: string | null | undefined): string | undefined {
  return repository ? repository.slice(repository.lastIndexOf("/") + 1) : undefined;
}
