import type { Backtested } from "../../backtest/backtest.ts";
import type { Backtest, Example, VerdictWord } from "../../backtest/shape.ts";
import { plain } from "../escape.ts";
import { type Content, html, type Markup, trusted } from "../html.ts";
import { grouped } from "../numbers.ts";
import type { Voice } from "../sentences.ts";
import type { Drawing } from "../verdict/plots/frame.ts";
import { svgElement } from "../verdict/plots/svg.ts";
import { reportStyle } from "../verdict/report-style.ts";
import { reportTableOf } from "../verdict/report-tables.ts";
import { ablationPlot, burdenPlot } from "./plots/bars.ts";
import { effortPlot, recallPlot } from "./plots/curves.ts";
import { overTimePlot } from "./plots/over-time.ts";
import { reliabilityPlot } from "./plots/reliability.ts";
import { backtestStyle } from "./style.ts";
import {
  ablationTable,
  bucketTable,
  learningTable,
  measureTable,
  overTimeTable,
  reliabilityTable,
  stabilityTable,
  suggestionTable,
  suggestionTitle,
  type TextTable,
} from "./tables.ts";
import {
  criterionSentence,
  dayText,
  holdsWords,
  measures,
  percent,
  scopeSentences,
  verdictSentence,
  verdictWords,
} from "./words.ts";

/** One file without scripts: the verdict, every figure with its interval, and pictures beside the numbers. */

/** Escaped by the template that it is set into. */
const voice: Voice = { show: plain, name: (text) => plain(text, 80), strong: (text) => text };
const kinds: Record<VerdictWord, string> = { better: "good", unsure: "care", worse: "bad" };
const holdsKinds = { yes: "good", no: "bad", unsure: "care", untold: "none" };
const mostServices = 50;

export function renderBacktestReport({ backtest, suggestions }: Backtested, yaml: string): string {
  const { verdict, tested } = backtest;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Backtest: ${verdictWords[verdict.word]}, ${grouped(tested.changes)} changes</title>
<style>${trusted(reportStyle + backtestStyle)}</style>
</head>
<body>
<main>
<header class="head ${kinds[verdict.word]}"><span class="word">${verdictWords[verdict.word]}</span><h1>${verdictSentence(backtest)}</h1></header>
${scopeSentences(backtest).map((sentence) => html`<p>${sentence}</p>`)}
<h2>What policy asks for</h2>
<ul>${backtest.criteria.map((one) => html`<li><strong class="${holdsKinds[one.holds]}">${holdsWords[one.holds]}</strong>: ${criterionSentence(one)}</li>`)}</ul>
<h2>Which changes fail: the order</h2>
<div class="plots">${[recallPlot(backtest), overTimePlot(backtest), effortPlot(backtest)].map(drawn)}</div>
${tableOf(measureTable(backtest, measures.order))}
${tableOf(overTimeTable(backtest))}
<h2>How likely: the probability</h2>
${beside(reliabilityPlot(backtest), [tableOf(measureTable(backtest, measures.probability)), baseRate(backtest), tableOf(reliabilityTable(backtest))])}
<h2>What follows: bands and approvals</h2>
${beside(burdenPlot(backtest), tableOf(bucketTable(backtest)))}
${tableOf(measureTable(backtest, measures.policy))}
${suggested(suggestions, yaml)}
${why(backtest)}
${examples(backtest)}
<footer>History up to ${plain(backtest.data.head, 60) || "a table"}, digest ${plain(backtest.data.digest, 80)}: ${grouped(backtest.data.changes)} changes, of which it is known of ${grouped(backtest.data.labelled)} how they went; ${grouped(backtest.data.failures)} failed. Equal history gives this very file.</footer>
</main>
</body>
</html>
`.text;
}

function drawn(drawing: Drawing): Markup {
  return trusted(svgElement(drawing, drawing.title.replace(/\W+/gu, "-").toLowerCase()));
}

/** A picture with its numbers. */
function beside(drawing: Drawing, content: Content): Markup {
  return html`<div class="beside"><div class="plots">${drawn(drawing)}</div><div>${content}</div></div>`;
}

function tableOf({ headings, rows }: TextTable): Content {
  const cells = rows.map(([first = "", ...others]) => [first, ...others.map(figureCell)]);
  return rows.length === 0 ? "" : reportTableOf(headings, cells);
}

/** The interval smaller than its figure, and below it where there is no room beside. */
function figureCell(text: string): Content {
  const at = text.indexOf(" (");
  return at < 0 ? text : html`${text.slice(0, at)} <span class="interval">${text.slice(at + 1)}</span>`;
}

function baseRate({ brier_of_base_rate: brier }: Backtest): Content {
  return brier === null
    ? ""
    : html`<p class="quiet">Always to say the share of failures that was known so far would have a Brier of ${brier.toFixed(3)}.</p>`;
}

function suggested(suggestions: Backtested["suggestions"], yaml: string): Content {
  if (suggestions.length === 0) return "";
  return html`<h2>Thresholds that would keep the burden</h2>
<p>Chosen so that no more changes than asked for get that much care. The last column is the check: chosen by the older half alone, so much of the newer half would have been asked for.</p>
${suggestions.slice(0, mostServices).map((one) => html`<h3>${suggestionTitle(one, voice)}</h3>${tableOf(suggestionTable(one))}`)}
<pre>${yaml.trimEnd().split("\n").map(yamlLine)}</pre>`;
}

/** Blanks at its beginning mean something, and the template would drop them. */
function yamlLine(line: string): Content {
  return [trusted(/^ */u.exec(line)?.[0] ?? ""), line.trimStart(), trusted("\n")];
}

function why(backtest: Backtest): Content {
  const { ablation, stability, learnings } = backtest;
  if (learnings.length === 0) return "";
  const alike = stability?.alike.map((one) => one.toFixed(2)).join(", ");
  return html`<h2>Where it comes from</h2>
${ablation.length > 0 ? beside(ablationPlot(backtest), tableOf(ablationTable(backtest, voice))) : ""}
<h3>What was known</h3>
${tableOf(learningTable(backtest))}
${
  stability === null
    ? ""
    : html`<h3>Whether the reasons last</h3>
<p>How alike one learning and the next order the columns by what they say (1: the same order): ${alike || "one column alone"}.</p>
${tableOf(stabilityTable(backtest, voice))}`
}`;
}

function examples({ examples: { missed, alarms } }: Backtest): Content {
  const list = (title: string, found: readonly Example[]): Content =>
    found.length === 0
      ? ""
      : html`<h3>${title}</h3>
<ul>${found.map(({ commit, title: said, at, probability, by }) => html`<li><code>${plain(commit, 12) || "?"}</code> ${plain(said, 120)} <span class="quiet">${dayText(at)}, said ${percent(probability)}${by === "" ? "" : html`, failed by ${plain(by, 60)}`}</span></li>`)}</ul>`;
  return html`<h2>Where it was most wrong</h2>
<p>Worth a look: a label may be wrong, too.</p>
${list("Failed, and held for safest", missed)}
${list("Went well, and held for riskiest", alarms)}`;
}
