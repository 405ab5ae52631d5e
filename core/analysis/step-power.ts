import { counted, listed, rounded } from "../render/numbers.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { Traffic } from "./step-traffic.ts";
import type { StepPower } from "./verdict.ts";

export type Motion = {
  /** False: policy wants a person before anything is compared. */
  goes: boolean;
  windows: number;
  /** What to say of it; nothing where the power is enough. */
  sentences: string[];
};

/**
 * Policy's answer to a step that could not see enough. What its margin calls no harm is said and holds nothing back. Only what counts events can lack traffic: of a gauge nobody
 * knows how many requests stand behind it, so that its chance is told and holds nothing back.
 */
export function motionOf(
  { metrics, windows }: StepPower,
  traffic: readonly Traffic[],
  { power, lowTraffic }: Pick<AnalysisPolicy, "power" | "lowTraffic">,
  longest: number,
): Motion {
  const counting = new Set(traffic.filter(({ events }) => events !== undefined).map(({ name }) => name));
  const short = metrics.filter(
    ({ name, chance, within_margin }) =>
      counting.has(name) && chance !== null && chance < power && within_margin === undefined,
  );
  const notes = metrics.flatMap(({ within_margin }) => within_margin ?? []);
  if (short.length === 0) return { goes: true, windows, sentences: notes };
  const chances = short.map(({ target, chance }) => `${target} with ${rounded(100 * (chance ?? 0))} %`);
  const seen = `In ${counted(windows, "window")} of this traffic ${listed(chances)} would be taken back; policy wants ${rounded(100 * power)} %.`;
  const needed = short.map(({ windows_needed }) => windows_needed);
  const enough = needed.includes(null) ? undefined : Math.max(...needed.map((one) => one ?? longest));
  const remedy =
    enough === undefined
      ? `Even ${counted(longest, "window")}, the most that policy allows, would not be enough: give the candidate more traffic, or let policy say bake.`
      : `${counted(enough, "window")} would be enough.`;
  if (lowTraffic === "hold") return { goes: false, windows, sentences: [...notes, seen, remedy] };
  if (lowTraffic === "bake")
    return { goes: true, windows, sentences: [`${seen} ${remedy} Policy lets it bake all the same.`] };
  const longer = Math.max(windows, Math.min(longest, enough ?? longest));
  return {
    goes: true,
    windows: longer,
    sentences: [...notes, `${seen} ${remedy} Policy takes ${counted(longer, "window")}.`],
  };
}
