import type { MetricNoise } from "../../analysis/tune/metric-noise.ts";
import type { PooledCheck } from "../../analysis/tune/pooled-check.ts";
import type { JudgeFigures } from "../../analysis/tune/trade-off.ts";
import type { Tuning } from "../../analysis/tune/tuning.ts";
import type { Unlike } from "../../analysis/tune/unlike.ts";
import { counted, grouped, rounded } from "../numbers.ts";
import type { Voice } from "../sentences.ts";

/** What tuning says in words, for every medium: names go through its voice. */

export const percent = (share: number): string => `${rounded(100 * share)} %`;
const sizeOf = (effect: number): string => `± ${percent(effect)}`;

export function judgeName({ judge, asked, policys_own: own }: JudgeFigures): string {
  if (judge === "rules") return "policy's fixed rules";
  const name = judge === "kayenta" ? "Kayenta's judge" : `at ${percent(asked ?? 0)}`;
  return own ? `${name} (policy)` : name;
}

/** One row for each judge: its name, false alarms with their interval, promotions, then each target. */
export function tradeOffTable({ judges }: Tuning, voice: Voice): { headings: string[]; rows: string[][] } {
  const targets = judges[0]?.targets ?? [];
  return {
    headings: [
      "asked for",
      "--: false alarms",
      "--: promoted",
      ...targets.map(({ target }) => `--: ${voice.name(target)}`),
    ],
    rows: judges.map((one) => {
      const { alarms, of, lower, upper } = one.false_alarms;
      return [
        judgeName(one),
        `${alarms} of ${of}: ${percent(of > 0 ? alarms / of : 0)} (${percent(lower)} to ${percent(upper)})`,
        one.promoted === null ? "–" : percent(of > 0 ? one.promoted / of : 0),
        ...one.targets.map(({ found, of: all, median_minutes: minutes }) =>
          all === 0
            ? "not measured"
            : `${percent(found / all)}, ${minutes === null ? "no median" : `${rounded(minutes)} min`}`,
        ),
      ];
    }),
  };
}

export function headSentences(tuning: Tuning, voice: Voice): string[] {
  const { total, completed, rolled_back: back, cut_short: cut } = tuning.rollouts;
  const own = tuning.judges.find((one) => one.policys_own && one.judge !== "rules");
  const said = [`${counted(total, "past rollout")}: ${grouped(completed)} completed.`];
  if (back.length > 0)
    said.push(
      `${grouped(back.length)} taken back (${some(back, voice)}): they teach noise as what may have had an effect, and no false alarm is counted on them.`,
    );
  if (cut.length > 0)
    said.push(
      `${grouped(cut.length)} cut short (${some(cut, voice)}): they count with the windows that they have.`,
    );
  if (own && own.judge === "sequential") {
    const { alarms, of, lower, upper } = own.false_alarms;
    said.push(
      `Policy promises ${percent(tuning.promised)} false alarms; ${grouped(alarms)} of ${grouped(of)} is ${percent(of > 0 ? alarms / of : 0)}, between ${percent(lower)} and ${percent(upper)}, ${keptWords(own.false_alarms, tuning.promised)}.`,
    );
  }
  return said;
}

/** An interval that reaches to five times the promise would hold of a judge that breaks it as well. */
const wideTimes = 5;

function keptWords({ of, lower, upper }: JudgeFigures["false_alarms"], promised: number): string {
  if (lower > promised) return "which is above the promise";
  return upper > wideTimes * promised
    ? `and ${grouped(of)} are too few to tell whether the promise is kept`
    : "which fits the promise";
}

const mostNamed = 5;

function some(ids: readonly string[], voice: Voice): string {
  const shown = ids.slice(0, mostNamed).map((id) => voice.name(id));
  return ids.length > mostNamed
    ? `${shown.join(", ")} and ${grouped(ids.length - mostNamed)} more`
    : shown.join(", ");
}

/** What was learnt of a metric, then what plain estimates say of the same windows. */
export function noiseSentences({ learnt, plain, pooled, source, kind }: MetricNoise): string[] {
  const single =
    kind === "ratio"
      ? `counts vary ${rounded(learnt.dispersion ?? 1)} times as much as chance`
      : `a single window scatters ${sizeOf(learnt.scatter ?? 0)}`;
  const from = source === "learnt" ? "Learnt" : "Too few rollouts to learn from, so the default";
  const said = [
    `${from}: two arms of one version differ lastingly ${sizeOf(learnt.lasting)}; ${sizeOf(learnt.drift)} comes and goes with correlation ${rounded(learnt.drift_correlation)} from one window to the next; ${single}. Both arms move together ${sizeOf(learnt.shared)}. Rollouts are alike in their noise as ${rounded(learnt.alikeness)} degrees of freedom are: few means that one may be far louder.`,
  ];
  const { lasting, correlation, effective_windows: effective, dispersion, usual_shift: shift } = plain;
  const beside = [
    lasting === null ? "" : `lasting ${sizeOf(lasting)}`,
    correlation === null ? "" : `correlation ${rounded(correlation)}`,
    dispersion === null
      ? ""
      : `each arm's counts vary ${rounded(dispersion)} times as much as chance, drift of both arms included`,
    effective === null ? "" : `a rollout's windows tell as much as ${rounded(effective)} independent ones`,
    shift === null ? "" : `the usual shift between the arms is ${percent(shift)}`,
  ].filter(Boolean);
  said.push(
    `Beside it, without the model, over ${counted(plain.windows, "window")}: ${beside.join("; ")}.`,
    `Of ${counted(plain.rollouts, "rollout")}, one look at the end at 5 % calls different: ${grouped(plain.different_by_t)} by Student's t with autocorrelation, ${grouped(plain.different_by_ranks)} by ranks (Mann–Whitney), ${grouped(plain.different_by_shift)} by the shift's interval (Hodges–Lehmann); ${rounded(0.05 * plain.rollouts)} would be chance.`,
  );
  if (pooled) said.push(pooledSentence(pooled));
  return said;
}

function pooledSentence(pooled: PooledCheck): string {
  if (pooled.kind === "ratio")
    return `All rollouts together: ${percent(pooled.candidate)} of the candidates' events against ${percent(pooled.baseline)}, ${rounded(100 * pooled.difference)} points (${rounded(100 * pooled.lower)} to ${rounded(100 * pooled.upper)}, with counts ${rounded(pooled.dispersion)} times as wide as chance); ${chanceText(pooled.chance)}.`;
  return `All rollouts together: quantile ${pooled.quantile} of the candidates is ${rounded(pooled.ratio)} times that of the baselines (${rounded(pooled.lower)} to ${rounded(pooled.upper)}); a candidate's event is the slower one of ${percent(pooled.superiority)} of pairs, ${chanceText(pooled.chance)} if requests were independent.`;
}

const chanceText = (chance: number): string =>
  chance < 0.001 ? "chance below 0.001" : `chance ${Number(chance.toPrecision(2))}`;

export function unlikeSentence(one: Unlike, voice: Voice): string {
  const who = `${voice.name(one.id)}, ${voice.name(one.metric)}`;
  return one.what === "level"
    ? `${who}: the baseline lay ${rounded(Math.abs(one.score))} robust deviations ${one.score > 0 ? "above" : "below"} that of the other rollouts.`
    : `${who}: the baseline drifted, from window ${grouped(one.from_window)} on.`;
}
