import type { GuardrailAnswer, MetricVerdict, Verdict } from "../../analysis/verdict.ts";
import { counted, grouped, listed, rounded } from "../numbers.ts";
import { durationWords } from "../plan.ts";
import type { Voice } from "../sentences.ts";
import { intervalText, lengthText } from "./units.ts";
import { guardrailsThat, pairText, verdictNames } from "./words.ts";

/** What a verdict says in sentences, in the voice of its medium. */

/** "Roll back · `1.5.0` against `1.4.2` · `errors` 1.9 % vs 0.8 %, +1.1 ± 0.4 points" */
export function verdictHeadline(verdict: Verdict, voice: Voice): string {
  const parts = [
    voice.strong(verdictNames[verdict.verdict]),
    versionsWords(verdict, voice),
    verdictWhy(verdict, voice),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** "`1.5.0` against `1.4.2`", where they are known. */
export function versionsWords({ candidate, stable }: Verdict, voice: Voice): string {
  const against = stable ? `against ${voice.name(stable)}` : "";
  return [candidate ? voice.name(candidate) : "", against].filter(Boolean).join(" ");
}

/** What decided: a guardrail, or the deciding metric with both values and its effect. */
export function verdictWhy(verdict: Verdict, voice: Voice): string {
  const rule = ruleBehind(verdict);
  if (rule) return `guardrail ${voice.name(rule.name)}: ${voice.show(rule.sentence, 140)}`;
  const [deciding] = verdict.metrics;
  if (!deciding) return voice.show(verdict.reason, 140);
  const figures = decidingFigures(deciding, voice);
  if (verdict.shared_fault) return `${figures}; the baseline has it too`;
  return verdict.reason_code === "healthy" ? `${figures} · ${healthyWords(verdict, voice)}` : figures;
}

function decidingFigures(metric: MetricVerdict, voice: Voice): string {
  const shift = metric.effect === null ? "" : `, ${intervalText(metric.effect, metric.unit)}`;
  return `${voice.name(metric.name)} ${pairText(metric)}${shift}`;
}

/** Of the rules that apply the first that asks for what the verdict says. */
export function ruleBehind(verdict: Verdict): GuardrailAnswer | undefined {
  const names = ["guardrail", "probe-failed", "crash-loop"];
  if (!names.includes(verdict.reason_code)) return undefined;
  const applying = guardrailsThat(verdict, true);
  return applying.find(({ action }) => action === verdict.verdict) ?? applying[0];
}

const mostWaitedFor = 3;

/** "healthy 3/5", and what is waited for where windows are enough and evidence is not. */
export function healthyWords(verdict: Verdict, voice: Voice): string {
  const { in_a_row: healthy, needed } = verdict.healthy_windows;
  const words = `healthy ${grouped(Math.min(healthy, needed))}/${grouped(needed)}`;
  const unsure = verdict.metrics
    .filter(({ state }) => state === "unsure")
    .map(({ name }) => voice.name(name));
  if (healthy < needed || verdict.verdict !== "hold" || unsure.length === 0) return words;
  const more = unsure.length > mostWaitedFor ? [`${grouped(unsure.length - mostWaitedFor)} more`] : [];
  return `${words}, waits for evidence on ${listed([...unsure.slice(0, mostWaitedFor), ...more])}`;
}

/** "`payments-api` · `production` · window 6 of 10, 2 min each · healthy 0/5" */
export function standingSentence(verdict: Verdict, voice: Voice): string {
  const parts = [
    verdict.service ? voice.name(verdict.service) : undefined,
    verdict.environment ? voice.name(verdict.environment) : undefined,
    `window ${grouped(verdict.at_window)} of ${grouped(verdict.windows_planned)}, ${lengthWords(verdict)} each`,
    healthyWords(verdict, voice),
  ];
  return parts.filter(Boolean).join(" · ");
}

export function lengthWords({ window_seconds: seconds }: Verdict): string {
  return Math.abs(seconds) < 60 ? `${rounded(seconds)} s` : durationWords(Math.min(seconds, 1e9));
}

const thenWords = {
  hold: "it is held and a person decides",
  slow: "it goes on more slowly",
  rollback: "it is rolled back",
};

/** Until when it waits and what then; what is missing is a list of its own. */
export function deadlineSentence(verdict: Verdict): string | undefined {
  const { waiting } = verdict;
  if (!waiting) return undefined;
  const page = waiting.page ? " A person has to look now." : "";
  if (verdict.at_window >= waiting.deadline_window)
    return `Window ${grouped(waiting.deadline_window)} was the deadline: ${thenWords[waiting.at_deadline]}.${page}`;
  return `Waits until window ${grouped(waiting.deadline_window)}${clock(verdict, waiting.deadline_window)}; then ${thenWords[waiting.at_deadline]}.${page}`;
}

/** The end of a window by the clock, where the start is known. */
function clock(verdict: Verdict, window: number): string {
  const start = Date.parse(verdict.started_at ?? "");
  const end = new Date(start + window * verdict.window_seconds * 1000);
  return Number.isNaN(end.getTime()) || end.getUTCFullYear() > 9999
    ? ""
    : ` (${end.toISOString().slice(11, 16)} UTC)`;
}

const noBetter = new Map([
  ["no-fresh-baseline", "nobody started stable anew beside the candidate"],
  ["arms-not-told-apart", "the queries are the same for both versions"],
  ["no-stable-traffic", "the candidate has all of the traffic"],
  ["baseline-beyond-retention", "the store does not reach back far enough"],
  ["baseline-without-data", "the store has nothing of that time"],
  ["baseline-asked-for", "this kind was asked for"],
]);

/** "concurrent. Stable's traffic at the same time. No better one: nobody started stable anew beside the candidate." */
export function baselineSentence(verdict: Verdict, voice: Voice): string {
  const { kind, sentence, reason_code: code } = verdict.baseline;
  const better = code ? ` No better one: ${noBetter.get(code) ?? voice.name(code)}.` : "";
  return `${kind === "same-time" ? "same time" : kind}. ${voice.show(sentence, 300)}${better}`.trim();
}

export function falseAlarmSentence(verdict: Verdict): string {
  const { rate, noise, past_rollouts: past } = verdict.false_alarms;
  if (rate === null || noise === "none")
    return "Kayenta's judge: it knows of no noise between windows, and promises no rate of false alarms.";
  const from = {
    learnt: `the noise is learnt from ${counted(past, "past rollout")}`,
    default: "the noise is a safe default, because nothing was learnt yet",
    mixed: `the noise of some metrics is learnt from ${counted(past, "past rollout")}, of others a safe default`,
  }[noise];
  return `Of rollouts without an effect, ${rounded(rate * 100)} % would be taken back by chance, over all looks and metrics; ${from}.`;
}

/** "`errors` → rollback since window 4: sentence; the baseline too" */
export function guardrailSentence(guardrail: GuardrailAnswer, voice: Voice): string {
  const since =
    guardrail.since_window === undefined ? "" : ` since window ${grouped(guardrail.since_window)}`;
  const both = guardrail.baseline_too ? " The baseline breaks it too." : "";
  return `${voice.name(guardrail.name)} → ${voice.show(guardrail.action, 60)}${since}: ${voice.show(guardrail.sentence, 240)}${both}`;
}

/** The policy's smallest shift that matters, as "0.5 points". */
export function marginWords(metric: MetricVerdict): string | undefined {
  return metric.effect ? lengthText(metric.effect.margin, metric.effect.unit, metric.unit) : undefined;
}

/** When the evidence passed the boundary. */
export function crossedWords({ evidence }: MetricVerdict): string | undefined {
  return evidence.crossed_at === null
    ? undefined
    : `crossed the boundary at window ${grouped(evidence.crossed_at)}`;
}

export function chanceWords(chance: number | null): string {
  return chance === null ? "not known" : `${rounded(chance * 100)} %`;
}
