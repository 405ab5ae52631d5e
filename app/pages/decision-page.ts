import { effective } from "../../core/decision/envelope.ts";
import type { Approval, Decision, Gate } from "../../core/decision/shape.ts";
import { plain } from "../../core/render/escape.ts";
import { modelLeads, modelSentence, rescaledSentence, shadowSentence } from "../../core/render/model-says.ts";
import { signed } from "../../core/render/numbers.ts";
import { paceSteps, paceWords, sharePercent } from "../../core/render/plan.ts";
import {
  approvalCount,
  approverSentence,
  bandSentence,
  historySentence,
  notCountedSentence,
  sumSentence,
  worstSentence,
} from "../../core/render/sentences.ts";
import { liftedSentences } from "../../core/render/stops.ts";
import { renderSvg } from "../../core/render/svg.ts";
import { unknownFact } from "../../core/render/values.ts";
import {
  levelOfAnswer,
  modeSentence,
  serviceOutcome,
  shortAsk,
  strictestFirst,
} from "../../core/render/words.ts";
import { contributorTable } from "./contributors.ts";
import type { Found } from "./decisions.ts";
import { type Content, html, type Markup, trusted } from "./html.ts";
import type { Page } from "./layout.ts";
import { moment } from "./moment.ts";
import { provenance } from "./provenance.ts";
import { table } from "./table.ts";
import { answerLevel, asks, commit, holdWords, subjectWords, verdictPill, voice } from "./words.ts";

export type DecisionView = {
  found: Found;
  decision: Decision;
  now: Date;
  /** GitHub's page of the pull request, where GitHub's address is known. */
  pullAddress: string | undefined;
};

/** One decision: the answer first, then why, then what it rests on. */
export function decisionPage(view: DecisionView): Page & { drawnStyle: string | undefined } {
  const { found, decision } = view;
  const drawing = renderSvg(decision);
  return {
    title: `${subjectWords(decision)}, risk ${decision.risk_score}`,
    repository: found.repository,
    // Everything in the drawing was escaped by its maker, so that its first style is its own.
    drawnStyle: /<style>([^<]*)<\/style>/u.exec(drawing)?.[1],
    body: html`<h1>${subjectWords(decision)}${found.title && html`: ${plain(found.title, 200)}`}</h1>
<p class="lead">${found.repository}, commit ${commit(decision.subject.head)}${found.author && html` by ${plain(found.author, 60)}`}, to ${plain(decision.environment, 60)}${
      view.pullAddress && html` · <a href="${view.pullAddress}">See it on GitHub</a>`
    }</p>
${headline(decision, found.hold)}
<p>${found.hold ? "A hold stops the rollout in every mode." : modeSentence(decision)} ${historySentence(decision)} ${modelSentence(decision) ?? shadowSentence(decision, voice)} ${bandSentence(decision)}</p>
<h2>Why this score</h2>
<div class="plot">${trusted(drawing)}</div>
${contributorTable(decision)}
<p>${sumSentence(decision, voice)} ${rescaledSentence(decision)} ${notCountedSentence(decision, voice)}</p>
<div class="columns">${unknowns(decision)}${lower(decision)}</div>
<h2>Gates</h2>
${gates(decision)}
${list(liftedSentences(decision))}
<h2>Approvals</h2>
${approvals(view)}
${services(decision)}
${plan(decision)}
${decision.notes.length > 0 && html`<h2>Notes</h2>${list(decision.notes)}`}
${provenance(view)}`,
  };
}

function headline(decision: Decision, hold: Found["hold"]): Markup {
  const level = levelOfAnswer(decision);
  const unit = modelLeads(decision) && decision.model?.scale === "rank" ? "of 100 by rank" : "of 100";
  return html`<div class="headline"><div class="figure ${level}">${decision.risk_score}<small>${unit}, ${level} risk</small></div>
<div class="answer ${answerLevel(decision, hold)}"><p class="ask">${asks(decision, hold)}</p>${
    hold && html`<p>${holdWords(hold)}</p><p>A comment <code>/unhold</code> there lets it go on.</p>`
  }${
    decision.approvals.length > 0 &&
    html`<p>Approvals are recorded; each is asked of GitHub again when it is used.</p>`
  }<p>${paceWords(decision.strategy, decision.pace)}</p></div></div>`;
}

function unknowns(decision: Decision): Markup {
  const rows = [...decision.unknowns].sort((left, right) => right.worst - left.worst);
  // At the end of the scale, or under a cap, the points of a fact on its own come to nothing.
  const raises = decision.worst_score > decision.risk_score;
  return html`<section><h2>What is not known</h2>${
    rows.length === 0
      ? html`<p>Every fact that the policy asks for is known.</p>`
      : html`<ul class="plain">${rows.map(
          ({ name, worst }) =>
            html`<li>${unknownFact(name)}${raises && `: could add ${signed(Math.round(worst))}`}</li>`,
        )}</ul><p>${worstSentence(decision)}</p>`
  }</section>`;
}

function lower(decision: Decision): Markup {
  return html`<section><h2>What would lower it</h2>${
    decision.counterfactuals.length === 0
      ? html`<p>Nothing single that the author could change would lower it much.</p>`
      : html`<ul class="plain">${decision.counterfactuals.map(
          ({ change, score }) => html`<li>${change} → <strong>${score}</strong></li>`,
        )}</ul>`
  }</section>`;
}

const strictness: Record<Gate["verdict"], number> = { block: 0, approve: 1, pass: 2 };

function gates(decision: Decision): Markup {
  if (decision.gates.length === 0) return html`<p>The policy names no gates.</p>`;
  const isApproved = decision.needs_approval && !effective(decision).needsApproval;
  const rows = [...decision.gates].sort(
    (left, right) => strictness[left.verdict] - strictness[right.verdict],
  );
  return table(
    "Those that stop it first",
    [
      { title: "Gate", heads: true, cell: (gate) => gate.name },
      { title: "Verdict", cell: (gate) => verdictPill(gate.verdict, isApproved) },
      {
        title: "Why",
        cell: (gate) => html`${gate.sentence} <span class="small code">${gate.reason_code}</span>`,
      },
    ],
    rows,
  );
}

function approvals({ decision, found, now }: DecisionView): Markup {
  const who = decision.needs_approval && html`<p>Who may approve: ${approverSentence(decision, voice)}</p>`;
  const record = html`<p><a href="/${found.repository}/approvals">Every approval of ${found.repository}</a></p>`;
  if (decision.approvals.length === 0) {
    const none = decision.needs_approval ? "None counted so far." : "None needed.";
    return html`<p>${none}</p>${who}${record}`;
  }
  const count = approvalCount(decision);
  return html`${table<Approval>(
    `For this commit and environment${count ? `: ${count}` : ""}`,
    [
      { title: "Who", heads: true, cell: (approval) => approval.actor },
      { title: "Why", cell: (approval) => approval.reason },
      { title: "Commit", cell: (approval) => commit(approval.sha) },
      { title: "Environment", cell: (approval) => approval.environment },
      { title: "When", cell: (approval) => moment(approval.at, now) },
    ],
    decision.approvals,
  )}${who}${record}`;
}

function services(decision: Decision): Content {
  if (decision.services.length < 2) return undefined;
  return html`<h2>Services</h2>${table(
    "The strictest first",
    [
      { title: "Service", heads: true, cell: (service) => service.name },
      { title: "Risk", kind: "number", cell: (service) => service.risk_score },
      { title: "Strategy", cell: (service) => paceSteps(service.strategy, service.pace) },
      { title: "What it asks", cell: (service) => shortAsk(service, serviceOutcome(decision, service)) },
    ],
    strictestFirst(decision),
  )}`;
}

function plan({ pace, strategy, approval_at: approvalAt }: Decision): Content {
  if (pace.length === 0) return undefined;
  const steps = pace.map((step, index) => ({
    name: String(index + 1),
    share: sharePercent(step),
    watched: `${step.healthy_windows} × ${step.window}`,
  }));
  if (strategy === "blue-green" && (pace.at(-1)?.weight ?? 0) < 100) {
    const watched = approvalAt === "cut-over" ? "– (waits for an approval)" : "–";
    steps.push({ name: "Cut-over", share: "100 % of traffic, at once", watched });
  }
  return html`<h2>Steps of the rollout</h2>${table(
    "Each step waits for its healthy windows",
    [
      { title: "Step", heads: true, cell: ({ name }) => name },
      { title: "Share", cell: ({ share }) => share },
      { title: "Watched for", cell: ({ watched }) => watched },
    ],
    steps,
  )}`;
}

function list(sentences: readonly string[]): Content {
  return (
    sentences.length > 0 && html`<ul class="plain">${sentences.map((one) => html`<li>${one}</li>`)}</ul>`
  );
}
