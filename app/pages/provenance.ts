import { recordedSentence } from "../../core/render/sentences.ts";
import type { DecisionView } from "./decision-page.ts";
import { type Content, html, type Markup } from "./html.ts";
import { moment } from "./moment.ts";

/** What the decision was made from, whole: with these anybody can make it again and compare. */
export function provenance({ found, decision, now }: DecisionView): Markup {
  const { subject, policy_version: policy } = decision;
  const code = (text: string | undefined) => (text ? html`<code>${text}</code>` : "not known");
  const rows: [string, Content][] = [
    ["Decision", code(decision.decision_id)],
    ["Decided", html`${moment(decision.decided_at, now)} by ${decision.actor}`],
    ["Recorded", decision.recorded ? recorded(found.repository) : (recordedSentence(decision) ?? "No.")],
    ["Head", code(subject.head)],
    ["Base", code(subject.base)],
    ["Policy", html`${policy.name}, ${code(policy.hash)}`],
    ...(policy.repository ? [["Policy of", code(policy.repository)] satisfies [string, Content]] : []),
    ["Policy's commit", code(policy.commit)],
    ["Facts", code(decision.facts_digest)],
    ["Reason code", code(decision.reason_code)],
    ...(decision.model_version ? [["Model", code(decision.model_version)] satisfies [string, Content]] : []),
  ];
  return html`<h2>Where this comes from</h2>
<p>Equal facts and an equal policy always give this very decision under this very name.</p>
<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function recorded(repository: string): Markup {
  return html`In the <a href="/${repository}/ledger">ledger</a>`;
}
