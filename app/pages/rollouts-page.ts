import type { LedgerEvent } from "../../core/evidence/event.ts";
import { foldLease, type Held, isExpired } from "../../core/evidence/lease.ts";
import type { Chain } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import { renderRolloutSvg, rolloutPictureStyle } from "../../core/render/rollout/picture.ts";
import type { RolloutEvent } from "../../core/rollout/events.ts";
import { eventsOf, foldStream } from "../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { html, type Markup, trusted } from "./html.ts";
import type { Page } from "./layout.ts";
import { moment } from "./moment.ts";

const newest = 20;
const refreshSeconds = 2;

type Shown = { state: RolloutState; events: RolloutEvent[]; held: Held | null };

/** Where every rollout stands: a fold of the ledger, drawn anew while one is under way. */
export function rolloutsPage(
  repository: string,
  chains: readonly Chain[],
  now: Date,
): Page & { drawnStyle: string } {
  const all = chains.flatMap((chain) => shownOf(chain.events)).sort(newestFirst);
  const moving = all.some(({ state }) => state.doing.kind !== "ended");
  return {
    title: `Rollouts of ${repository}`,
    repository,
    here: "rollouts",
    drawnStyle: rolloutPictureStyle,
    ...(moving ? { refreshSeconds } : {}),
    body: html`<h1>Rollouts of ${repository}</h1>
<p class="lead">Each moves only on evidence, one step after the other, and back where the evidence says so.</p>
${all.length === 0 && html`<div class="empty"><p>No rollouts yet.</p><p>They show up here once their ledger is the App's.</p></div>`}
${all.slice(0, newest).map((one) => card(one, now))}`,
  };
}

function shownOf(events: readonly LedgerEvent[]): Shown[] {
  const { held } = foldLease(events);
  return [...foldStream(events).values()].map((state) => ({
    ...{ state, held },
    events: eventsOf(events, state),
  }));
}

function newestFirst(left: Shown, right: Shown): number {
  return right.state.openedAt.localeCompare(left.state.openedAt);
}

function card({ state, events, held }: Shown, now: Date): Markup {
  const { plan, verdict } = state;
  const driver = driving(state, held, now);
  const { words, level } = standing(state);
  return html`<section class="rollout" aria-label="${plain(`${plan.service}, ${plan.candidate.id}`, 200)}">
<h2>${plain(plan.service, 100)} <span class="arrow">→</span> ${plain(plan.environment, 60)} <span class="verdict ${level}">${words}</span></h2>
<p class="small">${plain(plan.candidate.id, 200)}${plan.stable && html` in place of ${plain(plan.stable.id, 200)}`} · ${plan.kind} · ${moment(state.openedAt, now)}</p>
${plan.steps.length > 0 && ladder(state)}
${state.stop && html`<p class="notice care">${plain(state.stop.sentence, 600)}</p>`}
${driver && html`<p class="notice care">${plain(driver, 900)}</p>`}
${verdict && html`<p class="notice ${verdict.verdict === "rollback" ? "bad" : verdict.verdict === "promote" ? "good" : "care"}"><strong>${verdict.verdict}</strong> at step ${verdict.step + 1}: ${plain(verdict.reason, 600)}</p>`}
<details${state.doing.kind !== "ended" && html` open`}><summary>What happened</summary>
<div class="plot">${trusted(renderRolloutSvg(state, events, now.toISOString(), plan.rollout))}</div>
<ol class="events">${events.slice(-40).map((event) => html`<li><time datetime="${event.at}">${event.at.slice(11, 19)}</time> ${told(event)}</li>`)}</ol></details>
</section>`;
}

/** The steps, of which those that were reached are filled: words below say the same. */
function ladder({ plan, reached, reachedAt, turned }: RolloutState): Markup {
  const { steps } = plan;
  const width = 100 / steps.length;
  const last = Math.max(-1, ...reachedAt.map(({ step }) => step));
  const bars = steps.map(({ share }, index) => {
    const height = 6 + 0.34 * share;
    const kind = index > last ? "ahead" : turned === null ? "done" : "back";
    return html`<rect class="${kind}" x="${(index * width + 1).toFixed(2)}" y="${(40 - height).toFixed(2)}" width="${(width - 2).toFixed(2)}" height="${height.toFixed(2)}" rx="1"/>`;
  });
  const furthest = steps[last]?.share ?? 0;
  const words =
    turned !== null
      ? `taken back at ${furthest} %`
      : reached?.kind === "promote"
        ? "promoted"
        : `${furthest} % now`;
  return html`<div class="ladder"><svg viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bars}</svg>
<p class="small">${steps.map(({ share }) => `${share} %`).join(" → ")} · ${words}</p></div>`;
}

function standing({ doing, stop, turned }: RolloutState): { words: string; level: string } {
  if (doing.kind === "ended")
    return doing.outcome === "completed"
      ? { words: "completed", level: "low" }
      : { words: doing.outcome.replace("-", " "), level: "high" };
  if (stop !== null) return { words: "stands", level: "medium" };
  if (turned !== null) return { words: "going back", level: "high" };
  const words = {
    moving: "moving",
    watching: "watching",
    approval: "waits for approval",
    baking: "old version kept warm",
    concluding: "concluding",
  } as const;
  return { words: words[doing.kind], level: "none" };
}

/** Undefined where somebody drives it, or nobody has to. */
function driving({ doing, stop, notices }: RolloutState, held: Held | null, now: Date): string | undefined {
  if (doing.kind === "ended" || stop !== null) return undefined;
  if (held !== null && !isExpired(held, now.toISOString())) return undefined;
  const asked = notices
    .filter(({ notice }) => notice.kind === "asked" || notice.code.endsWith("silent"))
    .at(-1);
  const silent = held === null ? "" : ` ${held.holder} fell silent.`;
  return `Nobody drives it now.${silent} ${asked?.notice.sentence ?? ""}`.trim();
}

function told(event: RolloutEvent): string {
  switch (event.kind) {
    case "rollout":
      return "opened";
    case "intent": {
      const { effect } = event.body;
      return effect.kind === "share"
        ? `asks the target for ${effect.share} %`
        : `asks the target to ${effect.kind}`;
    }
    case "result":
      return event.body.status === "done"
        ? "the target is there"
        : `failed: ${plain(event.body.sentence ?? "", 200)}`;
    case "verdict":
      return `verdict ${event.body.verdict}: ${plain(event.body.reason, 200)}`;
    case "command":
      return `${plain(event.body.by, 60)}: ${event.body.command}, ${plain(event.body.reason, 200)}`;
    case "quarantine": {
      const { by, until, reason } = event.body;
      const what = until === undefined ? "lifts the quarantine" : `quarantines it until ${until}`;
      return `${plain(by, 60)} ${what}: ${plain(reason, 200)}`;
    }
    case "observation":
      return plain(event.body.sentence, 200);
    case "notice": {
      const { kind, sentence } = event.body.notice;
      return `${kind === "asked" ? "asked for another run" : `told people (${kind})`}: ${plain(sentence, 200)}`;
    }
    case "outcome":
      return `ended: ${event.body.outcome}, ${plain(event.body.reason, 200)}`;
  }
}
