import type { MetricVerdict, Verdict, VerdictWord } from "../../analysis/verdict.ts";
import { plain } from "../escape.ts";
import { type Content, html, type Markup, trusted } from "../html.ts";
import { counted, grouped } from "../numbers.ts";
import { upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { readableJson } from "./json.ts";
import { metricPlots, svgElement } from "./plots/svg.ts";
import { reportStyle } from "./report-style.ts";
import { metricsTable, powerTable, stateKinds } from "./report-tables.ts";
import {
  baselineSentence,
  crossedWords,
  deadlineSentence,
  falseAlarmSentence,
  guardrailSentence,
  lengthWords,
  marginWords,
  standingSentence,
  verdictWhy,
  versionsWords,
} from "./sentences.ts";
import { guardrailsThat, noiseNames, stateNames, verdictNames } from "./words.ts";

/** One file for whoever asks later: no script, nothing from elsewhere, and every number that the verdict rests on. */

const mostMetrics = 40;
const mostLines = 100;
const plotWidth = 400;

/** Escaped by the template that it is set into. */
const voice: Voice = { show: plain, name: (text) => plain(text, 80), strong: (text) => text };

export function renderVerdictReport(verdict: Verdict): string {
  const about = [plain(verdict.service ?? verdict.id), plain(verdict.candidate ?? "", 80)];
  const title = `${verdictNames[verdict.verdict]}: ${about.filter(Boolean).join(" ")}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(reportStyle)}</style>
</head>
<body>
<main>
${head(verdict)}
${metricsTable(verdict, mostMetrics)}
${waiting(verdict)}
${guardrails(verdict)}
${outlook(verdict)}
<h2>Metrics one by one</h2>
${verdict.metrics.slice(0, mostMetrics).map((metric, index) => metricSection(verdict, metric, index))}
${powerTable(verdict, mostLines)}
<h2>How sure this is</h2>
<p>${falseAlarmSentence(verdict)}</p>
${evidence(verdict)}
${footer(verdict)}
</main>
</body>
</html>
`.text;
}

const verdictKinds: Record<VerdictWord, string> = {
  promote: "good",
  slow: "care",
  hold: "care",
  rollback: "bad",
};

function head(verdict: Verdict): Markup {
  const word = verdictNames[verdict.verdict];
  const fault = verdict.shared_fault;
  return html`<header class="head ${verdictKinds[verdict.verdict]}"><span class="word">${word}</span><h1>${[versionsWords(verdict, voice), verdictWhy(verdict, voice)].filter(Boolean).join(" · ")}</h1></header>
<p>${verdict.reason}</p>
${fault ? html`<p><strong>Shared fault</strong> since window ${grouped(fault.began_at_window)}: ${fault.sentence}${fault.page ? html` A person has to look.` : ""}</p>` : ""}
<p class="quiet">${standingSentence(verdict, voice)}</p>`;
}

function list(lines: string[]): Content {
  return lines.length > 0
    ? html`<ul>${upTo(lines, mostLines).map((line) => html`<li>${line}</li>`)}</ul>`
    : "";
}

function waiting(verdict: Verdict): Content {
  if (!verdict.waiting) return "";
  return html`<h2>What is missing</h2>
${list(verdict.waiting.missing)}
<p>${deadlineSentence(verdict)}</p>`;
}

function guardrails(verdict: Verdict): Content {
  if (verdict.guardrails.length === 0) return "";
  const titles = [
    ["Apply", true],
    ["Not known", "unknown"],
    ["Do not apply", false],
  ] as const;
  const lists = titles.map(([title, truth]) => {
    const lines = guardrailsThat(verdict, truth).map((rule) => guardrailSentence(rule, voice));
    return lines.length > 0 ? html`<p><strong>${title}</strong></p>${list(lines)}` : "";
  });
  return html`<h2>Guardrails</h2>
${lists}`;
}

function outlook(verdict: Verdict): Markup {
  const flips = verdict.metrics[0]?.flips ?? "";
  const baseline = baselineSentence(verdict, voice);
  return html`${
    flips === ""
      ? ""
      : html`<h2>What would have flipped it</h2>
<p>${flips}</p>`
  }
<h2>Baseline</h2>
<p>${baseline.charAt(0).toUpperCase()}${baseline.slice(1)}</p>
${verdict.warnings.length > 0 ? html`<h2>Notes</h2>${list(verdict.warnings)}` : ""}`;
}

function metricSection(verdict: Verdict, metric: MetricVerdict, index: number): Markup {
  const margin = marginWords(metric);
  const facts = [
    margin ? `margin ${margin}` : "",
    crossedWords(metric) ?? "",
    noiseNames[metric.noise],
    metric.critical ? "critical" : "",
    metric.group ? `group ${plain(metric.group, 60)}` : "",
  ];
  const isKnown = metric.windows.some((window) => window.baseline !== null || window.candidate !== null);
  const options = { width: plotWidth, ...(verdict.weights ? { weights: verdict.weights } : {}) };
  const plots = isKnown ? metricPlots(metric, lengthWords(verdict), options) : [];
  const drawn = plots.map((plot, which) => trusted(svgElement(plot, `metric-${index}-${which}`)));
  return html`<section class="metric">
<h3>${plain(metric.name)}: <span class="${stateKinds[metric.state]}">${stateNames[metric.state]}</span></h3>
<p>${metric.sentence} <span class="quiet">${facts.filter(Boolean).join(" · ")}</span></p>
${metric.flips === "" || index === 0 ? "" : html`<p>Would have flipped it: ${metric.flips}</p>`}
${isKnown ? html`<div class="plots">${drawn}</div>` : html`<p class="quiet">In ${counted(metric.windows.length, "window")} nothing was measured.</p>`}
</section>
`;
}

/** Whole, and as text: neither an element nor a comment can begin in it. */
function evidence(verdict: Verdict): Markup {
  const json = readableJson(verdict).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return html`<h2>Evidence</h2>
<details><summary>verdict.json, schema version ${verdict.schema_version}</summary>
<pre>${trusted(json)}</pre>
</details>`;
}

function footer(verdict: Verdict): Markup {
  const { policy_version: policy } = verdict;
  const rows = [
    ["verdict", verdict.id],
    ["decision", verdict.decision_id],
    ["policy", policy ? `${policy.hash} at ${policy.commit}` : undefined],
    ["started", verdict.started_at],
    ["reason", verdict.reason_code],
    ["schema version", String(verdict.schema_version)],
  ];
  const parts = rows.flatMap(([name, value]) => (value ? [html`${name} <code>${value}</code>`] : []));
  return html`<footer>${parts.map((part, index) => (index > 0 ? html` · ${part}` : part))}</footer>`;
}
