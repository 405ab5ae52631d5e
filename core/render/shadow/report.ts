import type { ServiceShadow, ShadowReport } from "../../learning/shadow/document.ts";
import { backtestStyle } from "../backtest/style.ts";
import { plain } from "../escape.ts";
import { type Content, html, type Markup, trusted } from "../html.ts";
import { upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { svgElement } from "../verdict/plots/svg.ts";
import { reportStyle } from "../verdict/report-style.ts";
import { reportTable } from "../verdict/report-tables.ts";
import { reliabilityPlot, timelinePlot } from "./plots.ts";
import {
  armHeadings,
  armRows,
  asideSentences,
  criterionWords,
  feedbackSentence,
  headSentences,
  outcomeSentences,
  placeWords,
} from "./words.ts";

/** Escaped by the template that it is set into. */
const voice: Voice = { show: plain, name: (text) => plain(text, 80), strong: (text) => text };
const mostServices = 100;
const mostFeedback = 200;
const kinds = { met: "good", "not-met": "bad", unknown: "none" } as const;

/** One file without scripts: what each service's releases say, with its pictures. */
export function renderShadowReport(report: ShadowReport, server: string): string {
  const said = upTo(
    report.feedback.map((one) => feedbackSentence(one, voice, (path) => `${server}${path}`)),
    mostFeedback,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Shadow report</title>
<style>${trusted(reportStyle)}${trusted(backtestStyle)}</style>
</head>
<body>
<main>
<h1>What weights and model said, and how releases went</h1>
${headSentences(report, voice).map((sentence) => html`<p>${sentence}</p>`)}
${report.services.slice(0, mostServices).map(serviceSection)}
${said.length > 0 ? html`<h2>Said with /risk wrong</h2><ul>${said.map((line) => html`<li>${line}</li>`)}</ul>` : ""}
</main>
</body>
</html>
`.text;
}

function serviceSection(one: ServiceShadow, index: number): Markup {
  const criteria = one.criteria.map(({ name, answer, sentence }): Content[] => [
    name,
    html`<span class="${kinds[answer]}">${criterionWords[answer]}</span>`,
    sentence,
  ]);
  const plots = [reliabilityPlot(one), timelinePlot(one)].map((plot, place) =>
    trusted(svgElement(plot, `service-${index}-${place}`)),
  );
  return html`<section class="metric"><h2>${placeWords(one, voice)}: ${one.verdict.sentence}</h2>
${outcomeSentences(one, voice).map((sentence) => html`<p>${sentence}</p>`)}
${one.releases > 0 ? [reportTable(columnsOf(armHeadings), armRows(one)), html`<div class="plots">${plots}</div>`] : ""}
${reportTable([{ name: "criterion" }, { name: "", kind: "state" }, { name: "why" }], criteria)}
<ul class="quiet">${asideSentences(one, voice).map((sentence) => html`<li>${sentence}</li>`)}</ul></section>
`;
}

function columnsOf(headings: readonly string[]) {
  return headings.map((name) => ({ name }));
}
