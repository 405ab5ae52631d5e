import type {
  ArmLabels,
  Arms,
  Queries,
  QueryMetric,
  QueryVariable,
  ServiceTelemetry,
  VariableValue,
} from "../policy/schema.ts";
import { armVariables } from "../policy/schema.ts";
import { didYouMean } from "../policy/suggest.ts";
import { quoted } from "../policy/yaml/quoted.ts";
import { type ArmName, type Filling, labelsOf, templatesOf } from "./queries.ts";
import { variablesIn } from "./template.ts";

/** One metric that is measured of a service, with all that its templates are filled with. */
export type ServiceMetric = {
  name: string;
  /** The set that it came from; absent where the service has it for itself. */
  set?: string;
  metric: QueryMetric;
  filling: Omit<Filling, "place">;
};

/** A fault of the service's telemetry, and where in it. */
export type TelemetryFault = { path: PropertyKey[]; message: string };

/** Where arms differ unless a service says otherwise: most exporters and deployments know a label version. */
const usualArms: Arms = { both: { version: "$version" } };

/** What is measured of a service, by name, and everything that is wrong about it. */
export function metricsOf(
  telemetry: ServiceTelemetry,
  queries: Queries | undefined,
): { metrics: ServiceMetric[]; faults: TelemetryFault[] } {
  const sets = queries?.sets ?? {};
  const found = new Map<string, ServiceMetric>();
  const faults: TelemetryFault[] = [];
  const given = telemetry.variables ?? {};
  const declared: Record<string, QueryVariable> = {};

  for (const [index, entry] of (telemetry.sets ?? []).entries()) {
    const path = ["sets", index];
    const { set: name, only, ...own } = typeof entry === "string" ? { set: entry } : entry;
    const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
    if (set === undefined) {
      faults.push({ path, message: notOne("set of queries.yaml", name, Object.keys(sets)) });
      continue;
    }
    Object.assign(declared, set.variables);
    const filling = {
      declared: set.variables ?? {},
      given: { ...given, ...own.variables },
      arms: joined(usualArms, set.arms, telemetry.arms, own.arms),
    };
    faults.push(...strangers([...path, "variables"], own.variables, set.variables ?? {}));
    for (const wanted of only ?? [])
      if (!Object.hasOwn(set.metrics, wanted))
        faults.push({ path, message: notOne(`metric of ${name}`, wanted, Object.keys(set.metrics)) });
    for (const [metricName, metric] of Object.entries(set.metrics)) {
      if (only !== undefined && !only.includes(metricName)) continue;
      if (Object.hasOwn(telemetry.metrics ?? {}, metricName)) continue;
      const before = found.get(metricName)?.set;
      if (before !== undefined)
        faults.push({
          path,
          message: `${metricName} is in ${before} and in ${name}; choose with only: which set measures it`,
        });
      found.set(metricName, { name: metricName, set: name, metric, filling });
    }
  }
  const arms = joined(usualArms, telemetry.arms);
  for (const [name, metric] of Object.entries(telemetry.metrics ?? {}))
    found.set(name, { name, metric, filling: { declared, given, arms } });
  faults.push(...strangers(["variables"], given, declared));
  const metrics = [...found.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  if (telemetry.baseline !== "same-time") faults.push(...metrics.flatMap(sameOfBoth));
  return { metrics, faults: [...faults, ...metrics.flatMap(missingVariables)] };
}

/** How errors and evidence call one query. */
export function placeOf({ name, set }: ServiceMetric, asked: string): string {
  return `${name}.${asked}${set === undefined ? "" : ` of the set ${set}`}`;
}

/** The later says what it says instead of the earlier; labels of one arm alone are laid over those of both. */
function joined(...all: (Arms | undefined)[]): Arms {
  return all.findLast((arms) => arms !== undefined) ?? {};
}

function strangers(
  path: PropertyKey[],
  values: Readonly<Record<string, VariableValue>> | undefined,
  declared: Readonly<Record<string, QueryVariable>>,
): TelemetryFault[] {
  return Object.keys(values ?? {})
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({
      path: [...path, name],
      message: notOne("variable of the chosen sets", name, Object.keys(declared)),
    }));
}

function missingVariables(one: ServiceMetric): TelemetryFault[] {
  const { declared, given } = one.filling;
  const used = new Set(templatesOf(one.metric).flatMap(([, template]) => variablesIn(template)));
  return [...used]
    .filter((name) => Object.hasOwn(declared, name) && !Object.hasOwn(given, name))
    .filter((name) => declared[name]?.default === undefined)
    .map((name) => ({
      path: ["variables"],
      message: `${one.name}${one.set === undefined ? "" : ` of ${one.set}`} needs ${name}: ${declared[name]?.description.replace(/\.$/, "")}`,
    }));
}

/** Where both arms would be asked the same, no comparison could ever find anything. */
function sameOfBoth({ name, metric, filling }: ServiceMetric): TelemetryFault[] {
  const labels = (arm: ArmName): ArmLabels => labelsOf(filling.arms, arm);
  const labelled = JSON.stringify(labels("baseline")) !== JSON.stringify(labels("candidate"));
  const differs = (variable: string): boolean => armVariables.some((one) => one === variable);
  const inLabels = Object.values(labels("candidate")).flatMap((value) =>
    Array.isArray(value) ? [] : variablesIn(typeof value === "string" ? value : value.pattern),
  );
  const apart = templatesOf(metric).every(([, template]) =>
    variablesIn(template).some(
      (variable) => differs(variable) || (variable === "arm" && (labelled || inLabels.some(differs))),
    ),
  );
  if (apart) return [];
  const message = `${name} asks the same of both arms; put $arm among its labels and say in arms: what differs, or baseline: same-time`;
  return [{ path: ["arms"], message }];
}

function notOne(what: string, name: string, known: readonly string[]): string {
  const list = known.slice(0, 30).join(", ") || "none";
  return `${quoted(name)} is no ${what}${didYouMean(name, known) || ";"} Allowed: ${list}`;
}
