import { UserError } from "../errors.ts";
import { type Arm, fill } from "./queries.ts";
import { placeOf, type ServiceMetric } from "./service-metrics.ts";
import { variablesIn } from "./template.ts";

/** A label that some series of a selector has to have, or what is bad could never be told. */
export type NeededLabel = {
  place: string;
  label: string;
  selector: string;
  /** The variable that names the label, where one does. */
  variable?: string;
};

/** The labels that the metrics' queries cannot do without, once for each selector. */
export function neededLabels(
  metrics: readonly ServiceMetric[],
  arms: readonly Arm[],
  windowSeconds: number,
): NeededLabel[] {
  const found = new Map<string, NeededLabel>();
  for (const one of metrics) {
    const { "needs-label": needed } = one.metric;
    if (needed === undefined) continue;
    const [variable] = variablesIn(needed.label);
    const filling = { ...one.filling, place: placeOf(one, "needs-label") };
    for (const arm of arms) {
      const label = fill(needed.label, filling, arm, windowSeconds);
      const selector = fill(needed.of, filling, arm, windowSeconds);
      const place = one.set === undefined ? one.name : `${one.name} of the set ${one.set}`;
      found.set(`${label} ${selector}`, { place, label, selector, ...(variable ? { variable } : {}) });
    }
  }
  return [...found.values()];
}

const mostShown = 30;

/** What is wrong where series are there and none has the label; without series nothing is known yet. */
export function missingLabel(
  { place, label, selector, variable }: NeededLabel,
  names: readonly string[],
  service: string | undefined,
): UserError | undefined {
  if (names.length === 0 || names.includes(label)) return undefined;
  const there = names.filter((name) => name !== "__name__");
  const shown = `${there.slice(0, mostShown).join(", ")}${there.length > mostShown ? ", …" : ""}`;
  const remedy =
    variable === undefined
      ? "Write a metric of this name with the label that is there under telemetry.metrics of the service"
      : `Name the label that holds it: variables: { ${variable}: … } under telemetry of the service in services.yaml, or ${variable}=… in the input variables`;
  return new UserError(
    "telemetry-label-missing",
    `${place}${service === undefined ? "" : ` for ${service}`}: no series of ${selector} has the label ${label}, so nothing bad could ever be counted. Labels there: ${shown}. ${remedy}.`,
  );
}
