import { counted } from "../render/numbers.ts";
import { intervalText, lengthText, valueText } from "../render/verdict/units.ts";
import { isPair } from "./difference.ts";
import { effectOf, toldValue } from "./effect.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { StateAt } from "./state.ts";
import type { Track } from "./track.ts";

/** What the judge says in words; names of metrics are escaped where they are shown. */
export const analyzerSentences = {
  worse({ track }: StateAt, window: number): string {
    return `${name(track)} is worse: ${figures(track, window)}, and chance alone would not show that.`;
  },
  marginal({ track }: StateAt): string {
    return `${name(track)} may be worse: ${figures(track, track.pairs.length - 1)}; not enough to take it back.`;
  },
  healthy(tracks: readonly Track[], inARow: number): string {
    const metrics = tracks.length === 1 ? "The metric stays" : `All ${tracks.length} metrics stay`;
    return `${metrics} within what policy allows, ${inARow} healthy windows in a row.`;
  },
  /** Of a step beside the one that is asked for the evidence. */
  calm(inARow: number, decided: boolean): string {
    const windows = counted(inARow, "healthy window");
    const left = decided ? "was for an earlier step to show" : "is for a later step to show";
    return `No sign of harm in ${windows} in a row; how little harm is left ${left}.`;
  },
  blind(states: readonly StateAt[]): string {
    const what = states.every(({ track }) => isImpossible(track))
      ? "Only impossible values were"
      : "Nothing was";
    return `${what} measured of ${states.map(({ track }) => name(track)).join(", ")}.`;
  },
  tooFew(inARow: number, { healthyWindows }: AnalysisPolicy, metrics: number): string {
    const stay = metrics === 1 ? "The metric is" : "All metrics are";
    return `${stay} healthy, for ${inARow} of ${healthyWindows} windows in a row so far.`;
  },
  /** What a metric still lacks for a promotion; undefined where it lacks nothing. */
  missing(
    { track, state, counted, ignored, oneSided }: StateAt,
    { healthyWindows }: AnalysisPolicy,
  ): string | undefined {
    if (ignored || state === "healthy") return undefined;
    if (counted === 0)
      return oneSided
        ? `${name(track)} was measured on one arm only.`
        : `${name(track)} was not measured: ${whyNot(track)}.`;
    if (counted < healthyWindows)
      return `${name(track)} was measured in ${counted} of at least ${healthyWindows} windows.`;
    const effect = effectOf(track, track.pairs.length - 1);
    if (effect === null) return undefined;
    const unit = track.policy.unit;
    return `${name(track)} may still be ${intervalText(effect, unit)}; to promote, ${
      effect.unit === "points" ? "a shift" : "a change"
    } of ${lengthText(effect.margin, effect.unit, unit)} has to be out of the question.`;
  },
};

const name = ({ name: text }: Track): string => text;

function figures(track: Track, window: number): string {
  const effect = effectOf(track, window);
  const baseline = toldValue(track, track.baseline[window]);
  const candidate = toldValue(track, track.candidate[window]);
  const { unit } = track.policy;
  const values = `${valueText(candidate, unit)} against ${valueText(baseline, unit)}`;
  return effect === null ? values : `${values} of the baseline, ${intervalText(effect, unit)}`;
}

function isImpossible({ pairs }: Track): boolean {
  return pairs.length > 0 && pairs.every((pair) => !isPair(pair) && pair.why === "impossible");
}

function whyNot({ pairs }: Track): string {
  const why = (reason: string): number => pairs.filter((pair) => !isPair(pair) && pair.why === reason).length;
  const impossible = why("impossible");
  if (impossible > 0) return `${impossible} windows held impossible values`;
  return why("no-traffic") > 0 ? "there was no traffic" : "the store holds nothing for it";
}
