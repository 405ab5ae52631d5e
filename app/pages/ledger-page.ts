import type { LedgerEvent } from "../../core/evidence/event.ts";
import { summaryOf } from "../../core/evidence/summary.ts";
import { type Anchor, type Verification, verifyChain } from "../../core/evidence/verify.ts";
import type { Chain } from "../../core/ports.ts";
import { counted } from "../../core/render/numbers.ts";
import { type Content, html, type Markup } from "./html.ts";
import type { Page } from "./layout.ts";
import { moment } from "./moment.ts";
import { type Column, table } from "./table.ts";

const newest = 25;
type Checked = { chain: Chain; verification: Verification };

/** The audit chain, verified anew for every reader. */
export function ledgerPage(view: {
  repository: string;
  chains: readonly Chain[];
  anchors: Anchor[];
  now: Date;
}): Page {
  const { repository, chains, anchors, now } = view;
  const all = withVanished(chains, anchors).map((chain) => ({
    chain,
    verification: verifyChain(chain, anchors),
  }));
  return {
    title: `Ledger of ${repository}`,
    repository,
    here: "ledger",
    body: html`<h1>Ledger of ${repository}</h1>
<p class="lead">Every event holds the hash of the one before it. All of them were just computed again.</p>
${verdict(all)}
${all.map((checked) => stream(checked, now))}
${all.length > 0 && html`<p><a class="button" href="/${repository}/ledger.csv">Download all as CSV</a></p>`}`,
  };
}

/** A stream that an anchor saw and the ledger no longer holds was deleted as a whole. */
function withVanished(chains: readonly Chain[], anchors: readonly Anchor[]): Chain[] {
  const known = new Set(chains.map((chain) => chain.stream));
  const gone = new Set(anchors.map((anchor) => anchor.stream).filter((name) => !known.has(name)));
  return [...chains, ...[...gone].map((name): Chain => ({ stream: name, events: [], head: null }))];
}

function verdict(all: readonly Checked[]): Markup {
  if (all.length === 0) return html`<div class="empty"><p>The ledger holds no events yet.</p></div>`;
  const faults = all.filter(({ verification }) => verification.fault !== undefined).length;
  if (faults > 0)
    return html`<div class="notice bad" role="alert"><p><strong>Altered.</strong> ${counted(faults, "stream")} of
${all.length} cannot be believed behind the fault named below.</p></div>`;
  const events = all.reduce((sum, { verification }) => sum + verification.events, 0);
  const loose = all.filter(({ verification }) => verification.anchored_to === null).length;
  const whole = html`<p><strong>Unbroken.</strong> ${counted(events, "event")} in ${counted(all.length, "stream")}:
each hash is right and follows from the one before.</p>`;
  if (loose === 0) return html`<div class="notice good">${whole}</div>`;
  return html`<div class="notice care">${whole}<p><strong>Not anchored.</strong> ${
    loose === all.length ? "No head was" : `${counted(loose, "stream")} had no head`
  } noted outside of this database: whoever may write to it could cut off the end, or write the whole chain anew,
and it would not show here.</p></div>`;
}

function stream({ chain, verification }: Checked, now: Date): Markup {
  const events = chain.events.slice(-newest).reverse();
  const earlier = chain.events.length - events.length;
  const level = verification.fault === undefined ? "low" : "high";
  return html`<h2>${chain.stream} <span class="verdict ${level}">${
    verification.fault === undefined ? "unbroken" : "altered"
  }</span></h2>
<ul class="plain">${verification.sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${head(chain)}
${
  events.length > 0 &&
  html`<details><summary>Newest ${events.length === 1 ? "event" : counted(events.length, "event")}</summary>
${table(`Events of ${chain.stream}`, columns(now), events)}
${earlier > 0 && html`<p>${counted(earlier, "earlier event")} in the CSV.</p>`}</details>`
}`;
}

function head({ head: last }: Chain): Content {
  return (
    last &&
    html`<p class="small">Head, to be noted elsewhere: event ${last.sequence}, <code>${last.hash}</code></p>`
  );
}

function columns(now: Date): Column<LedgerEvent>[] {
  return [
    { title: "Event", heads: true, cell: (event) => `${event.sequence}` },
    { title: "Kind", cell: (event) => event.kind },
    { title: "When", cell: (event) => moment(event.at, now) },
    { title: "By", cell: (event) => event.actor },
    { title: "What", cell: (event) => summaryOf(event) || "–" },
    { title: "Hash", cell: (event) => html`<code>${event.hash.slice(0, 12)}</code>` },
  ];
}
