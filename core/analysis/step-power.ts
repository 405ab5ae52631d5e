import { counted, listed, rounded } from "../render/numbers.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { Traffic } from "./power.ts";
import type { BaselineKind, StepPower } from "./verdict.ts";

/** What a window of the stable version held before the step, on average over the windows that were measured. */
export function trafficOf({ metrics }: Pick<Measurements, "metrics">): Traffic[] {
  return Object.entries(metrics).map(([name, series]) => {
    const { kind, worse } = series;
    if (kind !== "ratio") return { name, kind, worse };
    const { total, bad } = series.baseline;
    const whole = total.flatMap((events, window) => {
      const failures = bad[window];
      return events == null || failures == null || !Number.isFinite(events) ? [] : [{ events, failures }];
    });
    if (whole.length === 0) return { name, kind, worse };
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      name,
      kind,
      worse,
      events: mean(whole.map(({ events }) => events)),
      bad: mean(whole.map(({ failures }) => failures)),
    };
  });
}

/**
 * How the traffic of the whole service is shared between the two that are compared. A baseline of another week has all
 * of it, a fresh one about as much as the candidate.
 */
export function comparedTraffic(
  traffic: readonly Traffic[],
  weight: number,
  baseline: BaselineKind,
): { traffic: Traffic[]; share: number } {
  const part = weight / 100;
  const [times, share] =
    baseline === "same-time"
      ? [1 + part, (100 * part) / (1 + part)]
      : baseline === "fresh"
        ? [2 * part, 50]
        : [1, weight];
  const scaled = traffic.map((one) => ({
    ...one,
    ...(one.events === undefined ? {} : { events: one.events * times }),
    ...(one.bad === undefined ? {} : { bad: one.bad * times }),
  }));
  return { traffic: scaled, share };
}

export type Motion = {
  /** False: policy wants a person before anything is compared. */
  goes: boolean;
  windows: number;
  /** What to say of it; nothing where the power is enough. */
  sentences: string[];
};

/**
 * Policy's answer to a step that could not see enough. Only what counts events can lack traffic: of a gauge nobody
 * knows how many requests stand behind it, so that its chance is told and holds nothing back.
 */
export function motionOf(
  { metrics, windows }: StepPower,
  traffic: readonly Traffic[],
  { power, lowTraffic }: Pick<AnalysisPolicy, "power" | "lowTraffic">,
  longest: number,
): Motion {
  const counting = new Set(traffic.filter(({ events }) => events !== undefined).map(({ name }) => name));
  const short = metrics.filter(({ name, chance }) => counting.has(name) && chance !== null && chance < power);
  if (short.length === 0) return { goes: true, windows, sentences: [] };
  const chances = short.map(({ target, chance }) => `${target} with ${rounded(100 * (chance ?? 0))} %`);
  const seen = `In ${counted(windows, "window")} of this traffic ${listed(chances)} would be seen; policy wants ${rounded(100 * power)} %.`;
  const needed = short.map(({ windows_needed }) => windows_needed);
  const enough = needed.includes(null) ? undefined : Math.max(...needed.map((one) => one ?? longest));
  const remedy =
    enough === undefined
      ? `Even ${counted(longest, "window")}, the most that policy allows, would not be enough: give the candidate more traffic, or let policy say bake.`
      : `${counted(enough, "window")} would be enough.`;
  if (lowTraffic === "hold") return { goes: false, windows, sentences: [seen, remedy] };
  if (lowTraffic === "bake")
    return { goes: true, windows, sentences: [`${seen} ${remedy} Policy lets it bake all the same.`] };
  const longer = Math.max(windows, Math.min(longest, enough ?? longest));
  return {
    goes: true,
    windows: longer,
    sentences: [`${seen} ${remedy} Policy takes ${counted(longer, "window")}.`],
  };
}
