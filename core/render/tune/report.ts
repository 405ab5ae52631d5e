import type { Tuning } from "../../analysis/tune/tuning.ts";
import { plain } from "../escape.ts";
import { html, trusted } from "../html.ts";
import { counted } from "../numbers.ts";
import { upTo } from "../pen.ts";
import type { Voice } from "../sentences.ts";
import { svgElement } from "../verdict/plots/svg.ts";
import { reportStyle } from "../verdict/report-style.ts";
import { reportTableOf } from "../verdict/report-tables.ts";
import { tradeOffPlot } from "./plot.ts";
import { headSentences, noiseSentences, tradeOffTable, unlikeSentence } from "./words.ts";

/** Escaped by the template that it is set into. */
const voice: Voice = { show: plain, name: (text) => plain(text, 80), strong: (text) => text };
const mostUnlike = 200;
const plotWidth = 480;

/** One file without scripts: the trade-off with its picture, then the noise of every metric. */
export function renderTuningReport(tuning: Tuning): string {
  const { headings, rows } = tradeOffTable(tuning, voice);
  const unlike = upTo(
    tuning.unlike.map((one) => unlikeSentence(one, voice)),
    mostUnlike,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tuning: ${counted(tuning.rollouts.total, "past rollout")}</title>
<style>${trusted(reportStyle)}</style>
</head>
<body>
<main>
<h1>What the policy would have done with ${counted(tuning.rollouts.total, "past rollout")}</h1>
${headSentences(tuning, voice).map((sentence) => html`<p>${sentence}</p>`)}
<p class="quiet">Each rollout is judged with what the others teach. A target is added to the candidate from the first window on.</p>
${reportTableOf(headings, rows)}
<div class="plots">${trusted(svgElement(tradeOffPlot(tuning, plotWidth), "trade-off"))}</div>
<h2>Noise</h2>
${tuning.noise.map(
  (metric) => html`<section class="metric"><h3>${plain(metric.metric)}</h3>
${noiseSentences(metric).map((sentence) => html`<p>${sentence}</p>`)}</section>
`,
)}
${
  unlike.length > 0
    ? html`<h2>${counted(tuning.unlike.length, "baseline")} to look at</h2>
<ul>${unlike.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
    : ""
}
</main>
</body>
</html>
`.text;
}
